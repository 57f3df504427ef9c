using System.Text.Json;
using Tests.RobustInference.Clients;
using Tests.Workbook.Datasets;

namespace Tests.Workbook.Commands;

public sealed class DataVerbTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void List_says_where_each_data_set_comes_from_and_whether_it_is_here()
    {
        TinyCifar.Write(folder.Path);
        var result = WorkbookProcess.Run("data", "list", "--data", folder.Path, "--json");
        using var document = JsonDocument.Parse(result.Output);
        var rows = document.RootElement.GetProperty("rows");
        Assert.Equal(
            "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
            rows[0].GetProperty("archive").GetString()
        );
        Assert.Equal(Path.Combine(folder.Path, TinyCifar.Folder), rows[0].GetProperty("present").GetString());
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("present").ValueKind);
        Assert.Equal("agnews", rows[2].GetProperty("name").GetString());
        Assert.Equal(2, rows[2].GetProperty("archive").GetString()!.Split(' ').Length);
    }

    [Fact]
    public void Verify_refuses_what_only_looks_like_the_data_set()
    {
        TinyCifar.Write(folder.Path);
        var result = WorkbookProcess.Run("data", "verify", "cifar10", "--data", folder.Path);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("not those of CIFAR-10", Assert.Single(result.Error.TrimEnd().Split('\n')));
    }

    [Fact]
    public void Made_up_news_are_not_taken_for_the_data_set()
    {
        TinyNews.Write(folder.Path);
        var result = WorkbookProcess.Run("data", "verify", "agnews", "--data", folder.Path);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("test.csv has md5", Assert.Single(result.Error.TrimEnd().Split('\n')));
    }

    [Fact]
    public void Fetch_asks_a_mirror_for_every_file_by_its_name()
    {
        using var server = new LocalServer(response => response.OutputStream.Write("something else"u8));
        var result = WorkbookProcess.Run(
            "data",
            "fetch",
            "agnews",
            "--data",
            folder.Path,
            "--url",
            new Uri(server.Address, "mirror").ToString()
        );
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("/mirror/train.csv: md5", result.Error);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Fetch_keeps_nothing_that_is_not_the_official_archive()
    {
        using var server = new LocalServer(response => response.OutputStream.Write("something else"u8));
        var result = WorkbookProcess.Run(
            "data",
            "fetch",
            "cifar10",
            "--data",
            folder.Path,
            "--url",
            server.Address.ToString()
        );
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("nothing was kept", result.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Fetch_does_nothing_where_the_data_set_is_there()
    {
        TinyCifar.Write(folder.Path);
        var result = WorkbookProcess.Run(
            "data",
            "fetch",
            "cifar10",
            "--data",
            folder.Path,
            "--url",
            "http://127.0.0.1:1/x"
        );
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("there already", result.Output);
    }
}
