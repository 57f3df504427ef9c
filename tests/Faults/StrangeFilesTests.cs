using System.Text;
using RobustInference.Clients;
using RobustInference.Running;
using Tests.RobustInference.Clients;
using Tests.Workbook;
using Workbook.Terminal;

namespace Tests.Faults;

/// <summary>Files of a kind that nobody expects: pipes, devices, archives with strange headers.</summary>
public sealed class StrangeFilesTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Names => [.. FileFormats.All.Select(format => format.Name)];

    string Refused(Action read)
    {
        var refusal = Assert.ThrowsAny<Exception>(read);
        Assert.True(ErrorReporter.IsUsers(refusal), $"{refusal}");
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal.Message;
    }

    FileFormats.Format InPlace(string name, out string path)
    {
        var format = FileFormats.All.Single(known => known.Name == name);
        format.Sound(folder.Path);
        path = folder.File(format.File);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        return format;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_pipe_is_refused_and_not_waited_for(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems do not say what a file is");
        var format = InPlace(name, out string path);
        Assert.Equal(0, Outside.Run("mkfifo", [path]).Exit);
        var read = Task.Run(() => Refused(() => format.Read(path)));
        Assert.Same(read, await Task.WhenAny(read, Task.Delay(TimeSpan.FromSeconds(20))));
        Assert.Contains("a pipe", await read);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_link_to_a_device_without_end_is_refused(string name)
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "there is no /dev/zero");
        var format = InPlace(name, out string path);
        File.CreateSymbolicLink(path, "/dev/zero");
        Assert.Contains("a device", Refused(() => format.Read(path)));
    }

    [Theory]
    [InlineData("""{"ensembles": [null]}""", "ensembles[0] is null")]
    [InlineData("""{"aggregators": ["Mean", null]}""", "null")]
    [InlineData("""{"attacks": [null]}""", "null")]
    public void A_grid_with_nothing_in_a_place_names_it(string change, string says)
    {
        string path = folder.File("grid.json");
        var grid = System
            .Text.Json.Nodes.JsonNode.Parse(
                """
                {
                  "id": "x",
                  "title": "x",
                  "ensembles": [{"dataset": "cifar10", "alpha": 0.5, "clients": 5, "corrupted": [1], "seeds": [0]}],
                  "aggregators": ["Mean"],
                  "attacks": ["Clean"]
                }
                """
            )!
            .AsObject();
        File.WriteAllText(path, grid.ToJsonString());
        Assert.Single(Experiment.Read(path).Cells());
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(change)!.AsObject())
            grid[name] = value?.DeepClone();
        File.WriteAllText(path, grid.ToJsonString());
        string message = Refused(() => Experiment.Read(path));
        Assert.Contains(says, message);
        Assert.Contains(path, message);
    }

    [Fact]
    public void Three_million_words_are_no_vocabulary()
    {
        string path = folder.File("vocab.txt");
        var text = new StringBuilder("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
        for (int i = 0; i < 3_000_000; i++)
            text.Append(i).Append('\n');
        File.WriteAllText(path, text.ToString());
        Assert.Contains("1,000,000 words", Refused(() => Vocabulary.Read(path)));
    }

    [Theory]
    [InlineData(124, new byte[] { 0x80, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, '0')]
    [InlineData(124, new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, '0')]
    [InlineData(0, new byte[] { (byte)'x' }, 'S')]
    [InlineData(124, new byte[] { 0x80, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0 }, 'x')]
    [InlineData(
        124,
        new byte[]
        {
            (byte)'7',
            (byte)'7',
            (byte)'7',
            (byte)'7',
            (byte)'7',
            (byte)'7',
            (byte)'7',
            (byte)'7',
            (byte)'7',
            (byte)'7',
            (byte)'7',
            0,
        },
        'L'
    )]
    public void A_header_of_a_tar_archive_that_says_what_cannot_be_is_one_line(int at, byte[] bytes, char type)
    {
        byte[] header = Header(TinyCifar.TarGz(TinyCifar.Files(20, 10)));
        bytes.CopyTo(header, at);
        header[156] = (byte)type;
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes($"{Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0')}\0 ").CopyTo(header, 148);
        string path = folder.File(TinyCifar.Archive);
        using (
            var gzip = new System.IO.Compression.GZipStream(
                File.Create(path),
                System.IO.Compression.CompressionLevel.Fastest
            )
        )
            gzip.Write([.. header, .. new byte[4096]]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(path, Refused(() => CifarReader.Read("cifar10", folder.Path)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    static byte[] Header(byte[] archive)
    {
        using var gzip = new System.IO.Compression.GZipStream(
            new MemoryStream(archive),
            System.IO.Compression.CompressionMode.Decompress
        );
        var header = new byte[512];
        gzip.ReadExactly(header);
        return header;
    }
}
