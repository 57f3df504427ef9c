using System.Net;
using System.Security.Cryptography;
using Workbook.Datasets;

namespace Tests.Workbook.Datasets;

public sealed class DownloadTests : IDisposable
{
    static readonly byte[] Body = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * i >> 3))];
    static readonly string Md5 = Convert.ToHexStringLower(MD5.HashData(Body));

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static void Whole(HttpListenerResponse response)
    {
        response.ContentLength64 = Body.Length;
        response.OutputStream.Write(Body);
    }

    Task Fetch(
        LocalServer server,
        string? md5 = null,
        long largest = 1 << 20,
        Action<long, long?>? progress = null,
        CancellationToken cancel = default
    ) => Download.ToFile(server.Address, folder.File("a.tar.gz"), md5 ?? Md5, largest, progress, cancel);

    async Task Refused<T>(Action<HttpListenerResponse> answer, string says, string? md5 = null, long largest = 1 << 20)
        where T : Exception
    {
        using var server = new LocalServer(answer);
        var refused = await Assert.ThrowsAsync<T>(() => Fetch(server, md5, largest));
        Assert.StartsWith(server.Address.ToString(), refused.Message);
        Assert.Contains(says, refused.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task The_file_is_there_when_its_checksum_is_right()
    {
        using var server = new LocalServer(Whole);
        var told = new List<(long, long?)>();
        await Fetch(server, progress: (done, total) => told.Add((done, total)));
        Assert.Equal(
            Body,
            await File.ReadAllBytesAsync(folder.File("a.tar.gz"), TestContext.Current.CancellationToken)
        );
        Assert.Equal((Body.Length, Body.Length), told[^1]);
        Assert.Single(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public Task Another_checksum_leaves_nothing() =>
        Refused<InvalidDataException>(
            Whole,
            "wanted c32a1d4ab5d03f1284b67883e8d87530",
            "c32a1d4ab5d03f1284b67883e8d87530"
        );

    [Fact]
    public Task More_bytes_than_allowed_are_refused_when_announced() =>
        Refused<InvalidDataException>(Whole, "300,000 bytes, more than", largest: 100_000);

    [Fact]
    public Task More_bytes_than_allowed_are_refused_when_they_come_unannounced() =>
        Refused<InvalidDataException>(
            response =>
            {
                response.SendChunked = true;
                response.OutputStream.Write(Body);
            },
            "more than the 100,000",
            largest: 100_000
        );

    [Fact]
    public Task A_connection_that_breaks_off_leaves_nothing() =>
        Refused<IOException>(
            response =>
            {
                response.ContentLength64 = Body.Length;
                response.OutputStream.Write(Body.AsSpan(0, 1000));
                response.OutputStream.Flush();
                response.Abort();
            },
            ""
        );

    [Fact]
    public Task A_page_that_is_not_there_is_told_by_its_number() =>
        Refused<HttpRequestException>(response => response.StatusCode = 404, "404");

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() =>
            Download.ToFile(new("http://127.0.0.1:1/x"), folder.File("x"), Md5, 1, null, default)
        );
        Assert.StartsWith("http://127.0.0.1:1/x: ", refused.Message);
    }

    [Fact]
    public async Task Stopped_in_the_middle_nothing_is_left()
    {
        using var stop = new CancellationTokenSource();
        using var server = new LocalServer(response =>
        {
            response.ContentLength64 = Body.Length;
            response.OutputStream.Write(Body.AsSpan(0, 100_000));
            response.OutputStream.Flush();
            stop.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(20));
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Fetch(server, progress: (_, _) => stop.Cancel(), cancel: stop.Token)
        );
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
