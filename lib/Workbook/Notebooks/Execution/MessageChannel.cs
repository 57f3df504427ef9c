using System.Buffers.Binary;
using System.Text.Json;

namespace Workbook.Notebooks.Execution;

/// <summary>Messages over a pipe: four bytes of length, little-endian, then JSON in UTF-8.</summary>
/// <param name="pipe">Read by one thread at a time; any thread may send.</param>
sealed class MessageChannel(Stream pipe)
{
    const int LongestMessage = 64 << 20;
    readonly Lock gate = new();

    /// <summary>Sends a message whole.</summary>
    /// <exception cref="IOException">The other side is gone.</exception>
    /// <exception cref="InvalidDataException">It is longer than 64 MB.</exception>
    public void Send<T>(T message)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(message);
        if (json.Length > LongestMessage)
            throw new InvalidDataException($"a message of {json.Length >> 20} MB is too long");
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, json.Length);
        // An interrupted cell's thread may be here. What was begun must be ended, or the other side reads on from the
        // middle of a message: another thread does it, which nobody wakes.
        Task.Run(() =>
            {
                lock (gate)
                {
                    pipe.Write(length);
                    pipe.Write(json);
                    pipe.Flush();
                }
            })
            .GetAwaiter()
            .GetResult();
    }

    /// <summary>The next message, or null where the other side is gone.</summary>
    /// <exception cref="InvalidDataException">What came is no message.</exception>
    public async ValueTask<T?> ReceiveAsync<T>(CancellationToken cancel)
        where T : class
    {
        byte[] length = new byte[4];
        if (await pipe.ReadAtLeastAsync(length, 4, throwOnEndOfStream: false, cancel) < 4)
            return null;
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (bytes is < 0 or > LongestMessage)
            throw new InvalidDataException("what came through the pipe is no message");
        byte[] json = new byte[bytes];
        if (await pipe.ReadAtLeastAsync(json, bytes, throwOnEndOfStream: false, cancel) < bytes)
            return null;
        try
        {
            return JsonSerializer.Deserialize<T>(json);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"what came through the pipe is no message: {error.Message}", error);
        }
    }
}
