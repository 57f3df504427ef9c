using System.Text.Json;
using RobustInference.Clients;
using RobustInference.Files;
using RobustInference.Probits;
using Tests.RobustInference.Clients;

namespace Tests.Workbook.Commands;

public sealed class ClientsVerbTests : IDisposable
{
    const int Clients = 5;

    readonly TemporaryFolder folder = new();

    public ClientsVerbTests() => TinyCifar.Write(folder.Path);

    public void Dispose() => folder.Dispose();

    string[] Train(string output, params string[] more) => TrainFor(3, output, more);

    string[] TrainFor(int epochs, string output, params string[] more) =>
        [
            "clients",
            "train",
            "--data",
            folder.Path,
            "--clients",
            $"{Clients}",
            "--width",
            "2",
            "--epochs",
            $"{epochs}",
            "--out",
            folder.File(output),
            .. more,
        ];

    [Fact]
    public void The_table_shows_every_client_and_the_plain_mean_and_the_rerun_is_the_same()
    {
        var first = WorkbookProcess.Run(Train("a.npz"));
        Assert.Equal(0, first.ExitCode);
        Assert.Contains("plain mean", first.Output);
        Assert.Contains(folder.File("a.npz"), first.Output);
        Assert.Equal(
            Clients,
            first.Error.Split('\n').Count(line => line.Contains("% of the test set", StringComparison.Ordinal))
        );
        byte[] bytes = File.ReadAllBytes(folder.File("a.npz"));
        var second = WorkbookProcess.Run(Train("a.npz", "--discard"));
        Assert.Equal(first.Output.Split('\n')[..12], second.Output.Split('\n')[..12]);
        Assert.Equal(bytes, File.ReadAllBytes(folder.File("a.npz")));
        Assert.False(Directory.Exists(folder.File("a.npz.clients")));
    }

    [Fact]
    public void Json_is_one_document_and_nothing_else_on_standard_output()
    {
        var result = WorkbookProcess.Run(Train("a.npz", "--json"));
        Assert.Equal(0, result.ExitCode);
        using var document = JsonDocument.Parse(result.Output);
        var root = document.RootElement;
        Assert.Equal(Clients, root.GetProperty("rows").GetArrayLength());
        Assert.InRange(root.GetProperty("mean_accuracy").GetDouble(), 0, 1);
        Assert.Equal(0.5, root.GetProperty("recipe").GetProperty("alpha").GetDouble());
        Assert.True(File.Exists(root.GetProperty("file").GetString()));
    }

    [Fact]
    public void Views_are_asked_for_beside_the_same_answers()
    {
        Assert.Equal(0, WorkbookProcess.Run(Train("plain.npz")).ExitCode);
        Assert.Equal(0, WorkbookProcess.Run(Train("seen.npz", "--views", "2")).ExitCode);
        using var plain = ProbitArchive.Read(folder.File("plain.npz"));
        using var seen = ProbitArchive.Read(folder.File("seen.npz"));
        Assert.Empty(plain.Validation!.Views);
        Assert.Equal(2, seen.Validation!.Views.Count);
        Assert.Equal(plain.Validation.Logits.data<float>().ToArray(), seen.Validation.Logits.data<float>().ToArray());
        Assert.NotEqual(
            seen.Validation.Logits.data<float>().ToArray(),
            seen.Validation.Views[0].Logits.data<float>().ToArray()
        );
    }

    [Fact]
    public void Another_recipe_on_the_same_file_is_refused_in_one_line()
    {
        Assert.Equal(0, WorkbookProcess.Run(Train("a.npz")).ExitCode);
        byte[] bytes = File.ReadAllBytes(folder.File("a.npz"));
        var result = WorkbookProcess.Run(Train("a.npz", "--seed", "1"));
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("another recipe", Assert.Single(result.Error.TrimEnd().Split('\n')));
        Assert.Equal(bytes, File.ReadAllBytes(folder.File("a.npz")));
    }

    [Fact]
    public void Killed_again_and_again_it_ends_with_the_bytes_of_an_undisturbed_run()
    {
        Assert.Equal(0, WorkbookProcess.Run(Train("undisturbed.npz")).ExitCode);
        string work = folder.File("killed.npz.clients");
        int killed = 0;
        // Before anything is done, in the middle of a client, after one client, and after three.
        foreach (
            var moment in new Func<bool>[]
            {
                () => File.Exists(Path.Combine(work, "recipe.json")),
                () => Count(work, "*.state") > 0,
                () => Count(work, "client-*.npz") > 0,
                () => Count(work, "client-*.npz") > 2,
            }
        )
        {
            using var process = WorkbookProcess.Start(Train("killed.npz", "--workers", "1"));
            while (!process.HasExited && !moment())
                Thread.Sleep(1);
            if (process.HasExited)
                continue;
            process.Kill();
            Assert.Equal(137, process.End().ExitCode);
            Assert.False(File.Exists(folder.File("killed.npz")));
            killed++;
        }
        Assert.InRange(killed, 3, 4);
        Assert.Equal(0, WorkbookProcess.Run(Train("killed.npz")).ExitCode);
        Assert.Equal(File.ReadAllBytes(folder.File("undisturbed.npz")), File.ReadAllBytes(folder.File("killed.npz")));
        Assert.Empty(Directory.EnumerateFiles(work, "*.tmp"));
    }

    [Fact]
    public void Ctrl_C_keeps_finished_work_and_returns_130()
    {
        using var process = WorkbookProcess.Start(TrainFor(2000, "a.npz", "--workers", "1"));
        while (!process.HasExited && Count(folder.File("a.npz.clients"), "*.state") == 0)
            Thread.Sleep(5);
        process.Interrupt();
        var result = process.End();
        Assert.Equal((130, ""), (result.ExitCode, result.Output));
        Assert.Contains("Finished work is kept in", result.Error);
        Assert.EndsWith("workbook: stopped\n", result.Error);
        Assert.False(File.Exists(folder.File("a.npz")));
        Assert.Single(Directory.EnumerateFiles(folder.File("a.npz.clients"), "*.state"));
    }

    [Fact]
    public void Texts_are_trained_on_as_images_are()
    {
        TinyNews.Write(folder.Path);
        string[] line =
        [
            "clients",
            "train",
            "--dataset",
            "agnews",
            "--data",
            folder.Path,
            "--clients",
            "3",
            "--width",
            "8",
            "--epochs",
            "2",
            "--tokens",
            "150",
            "--max-length",
            "12",
        ];
        foreach (string model in new[] { "bag", "distilbert-small" })
        {
            var result = WorkbookProcess.Run([
                .. line,
                "--model",
                model,
                "--out",
                folder.File($"{model}.npz"),
                "--json",
            ]);
            Assert.Equal(0, result.ExitCode);
            using var document = JsonDocument.Parse(result.Output);
            Assert.Equal(100, document.RootElement.GetProperty("test_samples").GetInt32());
            using var archive = ProbitArchive.Read(folder.File($"{model}.npz"));
            Assert.Equal((3, 4), (archive.Test.Clients, archive.Test.Classes));
        }
    }

    [Fact]
    public void A_checkpoint_is_where_every_client_starts()
    {
        string weights = folder.File("tiny.safetensors");
        using (var network = new VisionTransformer(5, new(32, 16, 8, 1, 1, 8), 0, 0))
            Safetensors.Write(weights, network.state_dict(), new Dictionary<string, string>());
        string[] line =
        [
            "clients",
            "train",
            "--data",
            folder.Path,
            "--model",
            "vit",
            "--weights",
            weights,
            "--clients",
            "2",
            "--epochs",
            "1",
            "--out",
            folder.File("a.npz"),
        ];
        var result = WorkbookProcess.Run([.. line, "--json"]);
        Assert.Equal(
            (0, ""),
            (
                result.ExitCode,
                string.Join(
                    '\n',
                    result.Error.Split('\n').Where(l => l.Contains("workbook:", StringComparison.Ordinal))
                )
            )
        );
        // Five classes there, ten here.
        Assert.Contains("every client starts with a head of its own, heads.head.weight, heads.head.bias", result.Error);
        using var document = JsonDocument.Parse(result.Output);
        Assert.Equal(8, document.RootElement.GetProperty("recipe").GetProperty("width").GetInt32());
        // Other weights in the same file's place are another recipe.
        using (var network = new VisionTransformer(5, new(32, 16, 8, 1, 1, 8), 1, 0))
            Safetensors.Write(weights, network.state_dict(), new Dictionary<string, string>());
        var other = WorkbookProcess.Run(line);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains(
            "another recipe",
            Assert.Single(
                other.Error.TrimEnd().Split('\n'),
                line => line.StartsWith("workbook:", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public void Sizes_and_weights_that_do_not_fit_are_refused_before_anything_is_written()
    {
        TinyNews.Write(folder.Path);
        string weights = folder.File("tiny.safetensors");
        using (var network = new VisionTransformer(5, new(32, 16, 8, 1, 1, 8), 0, 0))
        {
            var state = network.state_dict();
            Safetensors.Write(
                weights,
                state.Where(entry => !entry.Key.EndsWith("ln_2.bias", StringComparison.Ordinal)).ToDictionary(),
                new Dictionary<string, string>()
            );
        }
        (string Settings, string Says)[] refused =
        [
            (
                "--dataset agnews --model distilbert-small --width 10 --tokens 150",
                "width 10: its 4 attention heads must divide it"
            ),
            ($"--model vit --weights {weights}", "ln_2.bias is missing"),
        ];
        foreach (var (settings, says) in refused)
        {
            var result = WorkbookProcess.Run([
                "clients",
                "train",
                .. settings.Split(' '),
                "--data",
                folder.Path,
                "--clients",
                "2",
                "--out",
                folder.File("a.npz"),
            ]);
            Assert.Equal((2, ""), (result.ExitCode, result.Output));
            Assert.Contains(says, Assert.Single(result.Error.TrimEnd().Split('\n')));
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path, "a.npz*"));
        }
    }

    [Theory]
    [InlineData("--dataset agnews --model resnet8", "--model resnet8 reads images, and agnews holds texts")]
    [InlineData("--dataset cifar10 --model bag", "--model bag reads texts, and cifar10 holds images")]
    [InlineData("--dataset cifar10 --max-length 20", "--max-length is for texts, and cifar10 holds images")]
    [InlineData("--dataset agnews --views 2", "--views is for images, and agnews holds texts")]
    [InlineData("--dataset cifar10 --vocabulary x.txt", "--vocabulary is for texts, and cifar10 holds images")]
    [InlineData("--dataset agnews --vocabulary there-is-no-such-file.txt", "there-is-no-such-file.txt")]
    [InlineData("--dataset agnews --vocabulary .", "is a folder, wanted a vocab.txt")]
    [InlineData("--dataset agnews --tokens 200 --vocabulary x.txt", "give one of them")]
    [InlineData("--dataset agnews --tokens 99", "--tokens is '99'; it must be a whole number, at least 100.")]
    [InlineData("--dataset agnews --dropout 1", "--dropout is '1'; it must be a number, 0 or more and below 1.")]
    [InlineData("--dataset agnews --data nowhere", "agnews is not in 'nowhere'")]
    [InlineData("--model alexnet", "alexnet")]
    [InlineData("--channels-last --device cpu", "--channels-last is for clients that train together on a GPU")]
    [InlineData("--dataset cifar100 --model vit", "--model vit needs --weights FILE")]
    [InlineData("--dataset cifar10 --weights x.pth", "--model resnet8 is trained from scratch")]
    [InlineData("--dataset cifar10 --model vit --weights there-is-no-such-file.pth", "there-is-no-such-file.pth")]
    [InlineData("--dataset cifar10 --model vit --weights .", "is a folder, wanted a .safetensors or .pth file")]
    [InlineData("--dataset cifar10 --model vit --weights x.pth --width 3", "--width of vit is that of its --weights")]
    [InlineData("--dataset agnews --model distilbert --weights x.pth", "--model distilbert needs --vocabulary FILE")]
    public void Settings_that_do_not_fit_are_refused_in_one_line(string settings, string says)
    {
        var result = WorkbookProcess.Run(["clients", "train", .. settings.Split(' '), "--out", folder.File("a.npz")]);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(says, Assert.Single(result.Error.TrimEnd().Split('\n')));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path, "a.npz*"));
    }

    static int Count(string folder, string pattern) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, pattern).Count() : 0;
}
