using System.Text;
using CsCheck;
using RobustInference.Clients;

namespace Tests.RobustInference.Clients;

public sealed class AgNewsReaderTests : IDisposable
{
    const string Sound = "\"3\",\"Title\",\"Description\"\n";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    void Write(string train, string test = Sound) => Write(Encoding.UTF8.GetBytes(train), test);

    void Write(byte[] train, string test = Sound)
    {
        File.WriteAllBytes(folder.File("train.csv"), train);
        File.WriteAllText(folder.File("test.csv"), test);
    }

    string Refusal() => Assert.Throws<InvalidDataException>(() => AgNewsReader.Read(folder.Path)).Message;

    [Fact]
    public void A_text_is_its_title_and_its_description_and_classes_count_from_0()
    {
        Write(
            "\"1\",\"Peace, at last\",\"They said \"\"yes\"\".\"\n\"4\",\"\",\"Only a description\"\n",
            "\"2\",\"Back\\slash\",\"Two\nlines\"\n"
        );
        var (train, test) = AgNewsReader.Read(folder.Path);
        Assert.Equal(["Peace, at last They said \"yes\".", "Only a description"], train.Texts);
        Assert.Equal([0, 3], train.Labels);
        Assert.Equal(["Back\\slash Two\nlines"], test.Texts);
        Assert.Equal([1], test.Labels);
        Assert.Equal(("agnews", 4), (train.Name, train.Classes));
    }

    [Fact]
    public void Any_text_that_is_written_as_CSV_is_read_back() =>
        Gen.String[0, 30]
            .Array[2]
            .Sample(
                fields =>
                {
                    // What is no valid Unicode cannot be in a UTF-8 file.
                    string[] valid =
                    [
                        .. fields.Select(field => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(field))),
                    ];
                    Write($"\"2\",\"{valid[0].Replace("\"", "\"\"")}\",\"{valid[1].Replace("\"", "\"\"")}\"\n");
                    Assert.Equal(
                        valid[0].Length == 0 ? valid[1] : $"{valid[0]} {valid[1]}",
                        Assert.Single(AgNewsReader.Read(folder.Path).Train.Texts)
                    );
                },
                iter: 200,
                threads: 1
            );

    [Fact]
    public void The_folder_itself_its_parent_and_the_archive_give_the_same()
    {
        TinyNews.Write(folder.Path);
        string official = folder.File(AgNewsReader.Folder),
            other = Directory.CreateDirectory(folder.File("other")).FullName;
        var expected = AgNewsReader.Read(official);
        File.WriteAllBytes(
            Path.Combine(other, "ag_news_csv.tar.gz"),
            TinyCifar.TarGz(new() { ["train.csv"] = TinyNews.Rows(400, 1), ["test.csv"] = TinyNews.Rows(100, 2) })
        );
        foreach (string place in new[] { folder.Path, other, Path.Combine(other, "ag_news_csv.tar.gz") })
        {
            var (train, test) = AgNewsReader.Read(place);
            Assert.Equal(expected.Train.Texts, train.Texts);
            Assert.Equal(expected.Test.Labels, test.Labels);
        }
    }

    [Theory]
    [InlineData("\"5\",\"a\",\"b\"\n", "row 2: the class is not 1, 2, 3 or 4")]
    [InlineData("\"12\",\"a\",\"b\"\n", "row 2: the class")]
    [InlineData("class,title,description\n", "row 2: the class")]
    [InlineData("\"1\",\"a\"\n", "row 2: 2 fields")]
    [InlineData("\"1\",\"a\",\"b\",\"c\"\n", "row 2: 4 fields")]
    [InlineData("\"1\",\"a\"x,\"b\"\n", "row 2: ")]
    [InlineData("\"1\",\"never closed\n", "row 2: ")]
    public void A_row_that_is_not_in_the_layout_is_refused_with_its_number(string row, string says)
    {
        Write(Sound + row);
        Assert.Contains($"agnews, train.csv, {says}", Refusal());
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_an_endless_row_and_an_empty_file_are_refused()
    {
        Write([.. "\"1\",\"a"u8, 0xFF, .. "\",\"b\"\n"u8]);
        Assert.Contains("row 1: is not UTF-8", Refusal());
        Write($"\"1\",\"a\",\"{new string('x', 1 << 20)}\"\n");
        Assert.Contains("row 1: ", Refusal());
        Write("");
        Assert.Contains("train.csv: holds no row", Refusal());
    }

    [Fact]
    public void A_folder_without_the_data_set_says_what_was_looked_for()
    {
        string message = Assert.Throws<FileNotFoundException>(() => AgNewsReader.Read(folder.Path)).Message;
        Assert.All(
            ["agnews", folder.Path, "train.csv", "ag_news_csv.tar.gz", "data list"],
            part => Assert.Contains(part, message)
        );
    }
}
