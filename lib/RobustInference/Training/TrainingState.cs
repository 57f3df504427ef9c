using System.Security.Cryptography;
using System.Text;
using RobustInference.Files;
using RobustInference.Serving;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>Where a training run stands, in a file that is written now and then: a run that was stopped goes on from
/// there, and ends as one that was not. Everything that is drawn is named by pass, so weights, moments and counters are
/// all there is to keep.</summary>
/// <remarks>The file begins with the SHA-256 of the rest; one that does not fit is not read.</remarks>
/// <param name="path">The file. Its name says recipe and data.</param>
/// <param name="between">The least time between two writings; default: two seconds.</param>
public sealed class TrainingState(string path, TimeSpan? between = null)
{
    const long Largest = 1L << 30;

    readonly TimeSpan between = between ?? TimeSpan.FromSeconds(2);
    DateTime written = DateTime.UtcNow;
    bool isRefused;

    /// <summary>Told once where a state cannot be kept, and why; default: standard error.</summary>
    public Action<string> Remark { get; init; } = Console.Error.WriteLine;

    /// <summary>What was kept, to be read in the order in which it was written; null where there is nothing, or nothing
    /// whole.</summary>
    public BinaryReader? Open()
    {
        if (!File.Exists(path))
            return null;
        byte[] bytes = InputFile.ReadAllBytes(path, Largest, "a training run's state");
        const int head = SHA256.HashSizeInBytes;
        return bytes.Length > head && SHA256.HashData(bytes.AsSpan(head)).AsSpan().SequenceEqual(bytes.AsSpan(0, head))
            ? new BinaryReader(new MemoryStream(bytes, head, bytes.Length - head), Encoding.UTF8)
            : null;
    }

    /// <summary>Keeps the state, if it is time to.</summary>
    /// <param name="write">Writes it.</param>
    public void Offer(Action<BinaryWriter> write)
    {
        if (isRefused || DateTime.UtcNow - written < between)
            return;
        using var state = new MemoryStream();
        using (var writer = new BinaryWriter(state, Encoding.UTF8, leaveOpen: true))
            write(writer);
        try
        {
            AtomicFile.Write(
                path,
                stream =>
                {
                    var bytes = state.GetBuffer().AsSpan(0, (int)state.Length);
                    stream.Write(SHA256.HashData(bytes));
                    stream.Write(bytes);
                }
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            isRefused = true;
            Remark($"what is trained so far is not kept, and a stopped run begins again: {error.Message}");
        }
        written = DateTime.UtcNow;
    }

    /// <summary>Removes the file: the run is over.</summary>
    public void Delete()
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>Writes a network's weights.</summary>
    internal static void Write(BinaryWriter writer, nn.Module network)
    {
        foreach (var weight in network.parameters())
            Write(writer, weight);
    }

    /// <summary>Writes a tensor's numbers.</summary>
    internal static void Write(BinaryWriter writer, Tensor values)
    {
        using var own = values.detach().cpu().contiguous();
        writer.Write(own.bytes);
    }

    /// <summary>Reads weights into a network of the same layers.</summary>
    internal static void Read(BinaryReader reader, nn.Module network)
    {
        foreach (var weight in network.parameters())
            Read(reader, weight);
    }

    /// <summary>Reads numbers into a tensor of the same shape.</summary>
    internal static void Read(BinaryReader reader, Tensor values)
    {
        using var untracked = no_grad();
        using var own = empty(values.shape, values.dtype);
        reader.BaseStream.ReadExactly(own.bytes);
        values.copy_(own);
    }
}
