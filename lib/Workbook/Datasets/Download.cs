using System.Security.Cryptography;
using RobustInference.Files;

namespace Workbook.Datasets;

/// <summary>Fetches a file whose checksum is known: it is there whole and right, or not at all.</summary>
public static class Download
{
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    /// <param name="from">An http or https address.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="checksum">The MD5 (32 digits) or SHA-256 (64) that it must have, in lower-case hexadecimal.</param>
    /// <param name="largest">More bytes than this are refused.</param>
    /// <param name="progress">Told the bytes so far, and the bytes in all where the server says.</param>
    /// <param name="cancel">Leaves nothing behind.</param>
    /// <param name="exactly">How many bytes it must have, where that is known.</param>
    /// <exception cref="HttpRequestException">The server cannot be reached or refuses.</exception>
    /// <exception cref="InvalidDataException">Too many bytes, too few, or another checksum.</exception>
    /// <exception cref="IOException">The server stays silent for a minute, or the disk is full.</exception>
    public static async Task ToFile(
        Uri from,
        string path,
        string checksum,
        long largest,
        Action<long, long?>? progress,
        CancellationToken cancel,
        long? exactly = null
    )
    {
        const int DigitsOfSha256 = 64;
        var algorithm = checksum.Length == DigitsOfSha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.MD5;
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        using var watchdog = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        watchdog.CancelAfter(Silence);
        try
        {
            using var response = await client.GetAsync(from, HttpCompletionOption.ResponseHeadersRead, watchdog.Token);
            if (!response.IsSuccessStatusCode)
                throw new HttpRequestException(
                    $"{from}: the server answers {(int)response.StatusCode} {response.ReasonPhrase}",
                    null,
                    response.StatusCode
                );
            long? total = response.Content.Headers.ContentLength;
            if (total > largest)
                throw new InvalidDataException(
                    $"{from}: {total:N0} bytes, more than the {largest:N0} that are allowed"
                );
            if (total is not null && exactly is not null && total != exactly)
                throw new InvalidDataException($"{from}: {total:N0} bytes, wanted {exactly:N0}");
            using var body = await response.Content.ReadAsStreamAsync(watchdog.Token);
            AtomicFile.Write(path, file => Copy(body, file));

            void Copy(Stream body, Stream file)
            {
                using var hash = IncrementalHash.CreateHash(algorithm);
                var buffer = new byte[1 << 16];
                long done = 0;
                while (true)
                {
                    watchdog.CancelAfter(Silence);
                    // The file is written synchronously; only the network is waited for, and there the token counts.
                    int count = body.ReadAsync(buffer, watchdog.Token).AsTask().GetAwaiter().GetResult();
                    if (count == 0)
                        break;
                    if ((done += count) > largest)
                        throw new InvalidDataException($"{from}: more than the {largest:N0} bytes that are allowed");
                    hash.AppendData(buffer, 0, count);
                    file.Write(buffer, 0, count);
                    progress?.Invoke(done, total);
                }
                string got = Convert.ToHexStringLower(hash.GetHashAndReset());
                if (got != checksum)
                    throw new InvalidDataException(
                        $"{from}: {algorithm.Name!.ToLowerInvariant()} {got} over {done:N0} bytes, wanted {checksum}; "
                            + "nothing was kept"
                    );
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"{from}: nothing came for {Silence.TotalSeconds:N0} s");
        }
        catch (HttpRequestException e) when (!e.Message.Contains(from.ToString(), StringComparison.Ordinal))
        {
            throw new HttpRequestException($"{from}: {e.Message}", e);
        }
        catch (HttpIOException e)
        {
            throw new IOException($"{from}: {e.Message}", e);
        }
    }
}
