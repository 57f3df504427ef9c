using RobustInference.Files;

namespace Tests.RobustInference.Files;

public sealed class AtomicFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_is_there_with_its_folder_and_nothing_beside_it()
    {
        string path = folder.File("a/b/c.txt");
        AtomicFile.WriteText(path, "Δ");
        Assert.Equal([0xCE, 0x94], File.ReadAllBytes(path));
        Assert.Single(Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_failure_leaves_the_old_file_and_no_temporary_one()
    {
        string path = folder.File("c.txt");
        AtomicFile.WriteText(path, "old");
        Assert.Throws<IOException>(() =>
            AtomicFile.Write(
                path,
                stream =>
                {
                    stream.Write("new"u8);
                    throw new IOException("no space left on device");
                }
            )
        );
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_folder_in_the_way_is_not_replaced()
    {
        string path = folder.File("c");
        Directory.CreateDirectory(path);
        Assert.ThrowsAny<Exception>(() => AtomicFile.WriteText(path, "new"));
        Assert.Equal([path], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_reader_sees_the_old_file_or_the_new_one_and_never_a_part()
    {
        string path = folder.File("c.txt");
        string[] texts = [new('a', 100_000), new('b', 100_000)];
        AtomicFile.WriteText(path, texts[0]);
        using var done = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (int i = 0; !done.IsCancellationRequested; i++)
                AtomicFile.WriteText(path, texts[i % 2]);
        });
        try
        {
            for (int i = 0; i < 100; i++)
                Assert.Contains(File.ReadAllText(path), texts);
        }
        finally
        {
            await done.CancelAsync();
            await writer;
        }
    }
}
