using System.Diagnostics;
using Workbook.Terminal;

namespace Tests.Faults;

/// <summary>Files that were changed at random: whatever is read, it is either sound or refused in one line, within
/// bounded time and memory. <c>./workbook test --long</c> tries many more of them.</summary>
public sealed class MutatedFilesTests
{
    const long MostBytes = 200L << 20;
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Names => [.. FileFormats.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_changed_file_is_read_or_refused_in_one_line(string name)
    {
        var format = FileFormats.All.Single(known => known.Name == name);
        int files = LongRun.IsOn ? 1000 : 120;
        using var folder = new TemporaryFolder();
        byte[] sound = format.Sound(Directory.CreateDirectory(folder.File("sound")).FullName);
        string place = Directory.CreateDirectory(folder.File("changed")).FullName,
            path = Path.Combine(place, format.File);
        // What else the reader looks for stays sound.
        foreach (string other in Directory.EnumerateFiles(folder.File("sound"), "*", SearchOption.AllDirectories))
        {
            string beside = Path.Combine(place, Path.GetRelativePath(folder.File("sound"), other));
            Directory.CreateDirectory(Path.GetDirectoryName(beside)!);
            File.Copy(other, beside);
        }
        File.WriteAllBytes(path, sound);
        format.Read(path);
        int refused = 0;
        long most = 0;
        TimeSpan longest = default;
        for (int seed = 0; seed < files; seed++)
        {
            File.WriteAllBytes(path, FileMutator.Mutate(sound, new Random(seed)));
            long before = GC.GetAllocatedBytesForCurrentThread();
            var clock = Stopwatch.StartNew();
            try
            {
                format.Read(path);
            }
            catch (Exception error)
            {
                refused++;
                Assert.True(ErrorReporter.IsUsers(error), $"seed {seed}: {error}");
                Assert.True(!error.Message.Trim().Contains('\n'), $"seed {seed}: more than one line: {error.Message}");
            }
            (most, longest) = (
                Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before),
                clock.Elapsed > longest ? clock.Elapsed : longest
            );
            Assert.True(most < MostBytes, $"seed {seed}: {most >> 20} MB for a file of {sound.Length:N0} bytes");
            Assert.True(longest < Longest, $"seed {seed}: {longest.TotalSeconds:F0} s");
        }
        LongRun.Note(
            FormattableString.Invariant($"{name}: {files} changed files, {refused} refused, 0 traces, ")
                + FormattableString.Invariant($"{most >> 10} kB, {longest.TotalMilliseconds:F0} ms")
        );
        Assert.InRange(refused, 1, files);
    }
}
