using RobustInference.Files;

namespace Tests.RobustInference.Files;

public sealed class FileLockTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Many_who_count_in_one_file_lose_nothing_and_leave_the_file_alone()
    {
        const int Writers = 6,
            Times = 40;
        string path = folder.File("a/count.txt");
        await Task.WhenAll(
            Enumerable
                .Range(0, Writers)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        for (int i = 0; i < Times; i++)
                        {
                            using var held = FileLock.Take(path);
                            int count = File.Exists(path) ? int.Parse(File.ReadAllText(path)) : 0;
                            AtomicFile.WriteText(path, $"{count + 1}");
                        }
                    })
                )
        );
        Assert.Equal($"{Writers * Times}", File.ReadAllText(path));
        Assert.Equal([path], Directory.EnumerateFiles(folder.File("a")));
    }

    [Fact]
    public void Who_waits_can_be_told_to_stop()
    {
        string path = folder.File("x");
        using var held = FileLock.Take(path);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Assert.Throws<OperationCanceledException>(() => FileLock.Take(path, stop.Token));
    }
}
