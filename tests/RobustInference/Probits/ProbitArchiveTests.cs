using RobustInference.Files;
using RobustInference.Probits;
using Tests.RobustInference.Files;

namespace Tests.RobustInference.Probits;

public sealed class ProbitArchiveTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory, MemberData(nameof(BrokenProbitFiles.Names), MemberType = typeof(BrokenProbitFiles))]
    public void A_broken_file_gets_one_line_that_names_file_array_and_place(string name)
    {
        var broken = BrokenProbitFiles.Named(name);
        string path = broken.Write(folder.Path),
            message = Assert.Throws<InvalidDataException>(() => ProbitArchive.Read(path)).Message;
        Assert.StartsWith(path + ": ", message);
        Assert.DoesNotContain('\n', message);
        Assert.All(broken.Says, part => Assert.Contains(part, message));
    }

    [Fact]
    public void The_sound_file_that_the_broken_ones_start_from_is_read()
    {
        using var archive = ProbitArchive.Read(BrokenProbitFiles.WriteSound(folder.Path));
        Assert.Equal((6, 5, 3), (archive.Test.Samples, archive.Test.Clients, archive.Test.Classes));
        Assert.Equal(5, archive.Validation!.Samples);
        Assert.Equal([0, 1, 2, 0, 1, 2], archive.Test.Labels.data<long>().ToArray());
        Assert.Equal([2, 0.125f, 0.25f, 2.375f], archive.Test.Logits.data<float>().ToArray()[..4]);
    }

    [Theory]
    [InlineData("logits", "<f4"), InlineData("test_logits", "<f2"), InlineData("logits", ">f8")]
    public void Logits_alone_are_enough_in_any_float_type_and_byte_order(string name, string type)
    {
        // 1, 2, 4 in that type.
        byte[] data = type switch
        {
            "<f2" => [0, 0x3C, 0, 0x40, 0, 0x44],
            "<f4" => [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, 0, 0, 0x80, 0x40],
            _ => [0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0x40, 0x10, 0, 0, 0, 0, 0, 0],
        };
        string path = folder.File("a.npz");
        File.WriteAllBytes(
            path,
            NumpyBytes.Zip([
                (name + ".npy", NumpyBytes.Array(type, "(1, 1, 3)", data)),
                (name.Replace("logits", "labels") + ".npy", NumpyBytes.Array("|u1", "(1,)", [2])),
            ])
        );
        using var archive = ProbitArchive.Read(path);
        Assert.Null(archive.Validation);
        Assert.Equal([1, 2, 4], archive.Test.Logits.data<float>().ToArray());
    }

    [Fact]
    public void Written_and_read_again_nothing_changes_and_the_bytes_are_the_same()
    {
        using var archive = ProbitArchive.Read(BrokenProbitFiles.WriteSound(folder.Path));
        string one = folder.File("1.npz"),
            two = folder.File("2.npz");
        archive.Write(one);
        using var again = ProbitArchive.Read(one);
        again.Write(two);
        Assert.Equal(File.ReadAllBytes(one), File.ReadAllBytes(two));
        Assert.Equal("float16", Npz.Read(one, "test_logits")["test_logits"].TypeName);
        Assert.Equal(archive.Test.Logits.data<float>().ToArray(), again.Test.Logits.data<float>().ToArray());
        Assert.Equal(
            archive.Validation!.Labels.data<long>().ToArray(),
            again.Validation!.Labels.data<long>().ToArray()
        );
    }

    [Fact]
    public void Views_of_the_validation_samples_are_written_and_read()
    {
        string path = folder.File("views.npz");
        using (var plain = ProbitArchive.Read(BrokenProbitFiles.WriteSound(folder.Path)))
        using (
            var archive = plain with
            {
                Validation = plain.Validation!.WithViews([
                    plain.Validation.Mapped(rows => rows.flip(2)),
                    plain.Validation.Shared(),
                ]),
            }
        )
            archive.Write(path);
        using var again = ProbitArchive.Read(path);
        var validation = again.Validation!;
        Assert.Equal([2, 5, 5, 3], Npz.Read(path, "val_view_logits")["val_view_logits"].Shape);
        Assert.Equal(2, validation.Views.Count);
        Assert.True(validation.Views[0].Probits.allclose(validation.Probits.flip(2), atol: 1e-3));
        Assert.Equal(validation.Logits.data<float>().ToArray(), validation.Views[1].Logits.data<float>().ToArray());
        using var subset = again.Subset(validation: 3, test: 2, seed: 1);
        Assert.Equal(
            subset.Validation!.Logits.data<float>().ToArray(),
            subset.Validation.Views[1].Logits.data<float>().ToArray()
        );
    }

    [Theory]
    [InlineData("val_view_logits", "(2, 4, 5, 3)", 120, "wanted (views, 5, 5, 3)")]
    [InlineData("val_view_logits", "(5, 5, 3)", 75, "wanted (views, 5, 5, 3)")]
    [InlineData(
        "val_view_probits",
        "(1, 5, 5, 3)",
        75,
        "view 0, sample 0, client 0: the probabilities sum to 0, not to 1"
    )]
    public void Views_that_do_not_fit_get_one_line_that_names_file_and_array(
        string name,
        string shape,
        int count,
        string says
    )
    {
        string sound = BrokenProbitFiles.WriteSound(folder.Path),
            path = folder.File("views.npz");
        var arrays = Npz.Read(sound, "test_logits", "test_labels", "val_logits", "val_labels");
        Npz.Write(
            path,
            [
                .. arrays,
                new(
                    name,
                    NumpyArray.Float32(
                        new float[count],
                        [.. shape.Trim('(', ')').Split(", ").Select(side => long.Parse(side))]
                    )
                ),
            ]
        );
        string message = Assert.Throws<InvalidDataException>(() => ProbitArchive.Read(path)).Message;
        Assert.StartsWith($"{path}: ", message);
        Assert.Contains(name, message);
        Assert.Contains(says, message);
    }

    [Fact]
    public void A_subset_holds_samples_of_the_whole_with_their_labels_once_each_and_in_order()
    {
        // Sample i has the logit i everywhere and the label i.
        static ProbitSet Counted(int samples) =>
            ProbitSet.FromLogits(
                "counted",
                [.. Enumerable.Range(0, samples * 40).Select(i => (float)(i / 40))],
                [samples, 2, 20],
                [.. Enumerable.Range(0, samples).Select(i => (long)i)]
            );
        using var archive = new ProbitArchive(Counted(12), Counted(20));
        using var subset = archive.Subset(validation: 5, test: 9, seed: 1);
        foreach (var (kept, count) in new[] { (subset.Validation!, 5), (subset.Test, 9) })
        {
            long[] labels = kept.Labels.data<long>().ToArray();
            Assert.Equal(count, labels.Distinct().Count());
            Assert.Equal(labels.Order(), labels);
            Assert.Equal(
                labels.SelectMany(label => Enumerable.Repeat((float)label, 40)),
                kept.Logits.data<float>().ToArray()
            );
        }
        using var other = archive.Subset(validation: 5, test: 9, seed: 2);
        Assert.NotEqual(other.Test.Labels.data<long>().ToArray(), subset.Test.Labels.data<long>().ToArray());
    }

    [Theory, InlineData(0, 4, "validation"), InlineData(3, 7, "7 test samples of 6")]
    public void A_subset_larger_than_the_whole_or_empty_is_refused(int validation, int test, string says)
    {
        using var archive = ProbitArchive.Read(BrokenProbitFiles.WriteSound(folder.Path));
        Assert.Contains(says, Assert.Throws<ArgumentException>(() => archive.Subset(validation, test, 0)).Message);
    }
}
