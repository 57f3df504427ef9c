using System.Security.Cryptography;
using System.Text;

namespace Workbook.Kernel.Messaging;

/// <summary>Signs messages: HMAC-SHA256, in hexadecimal, over header, parent header, metadata and content. An empty key
/// means no signatures.</summary>
public sealed class MessageSigner(string key)
{
    readonly byte[] key = Encoding.UTF8.GetBytes(key);

    /// <summary>The signature of a message's four parts.</summary>
    public string Sign(params ReadOnlySpan<byte[]> parts)
    {
        if (key.Length == 0)
            return "";
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        foreach (byte[] part in parts)
            hash.AppendData(part);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Whether <paramref name="signature"/> is that of the parts; the time taken says nothing about where they
    /// differ.</summary>
    public bool Verify(string signature, params ReadOnlySpan<byte[]> parts) =>
        CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Sign(parts)),
            Encoding.ASCII.GetBytes(signature)
        );
}
