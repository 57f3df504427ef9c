using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetMQ;

namespace Workbook.Kernel.Messaging;

/// <summary>A message of Jupyter's protocol 5.3.</summary>
public sealed record Message(
    IReadOnlyList<byte[]> Identities,
    JsonObject Header,
    JsonObject Parent,
    JsonObject Metadata,
    JsonObject Content
)
{
    const string Version = "5.3";
    const int MostFrames = 64;
    const long MostBytes = 64 << 20;
    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    static readonly byte[] Delimiter = "<IDS|MSG>"u8.ToArray();
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    static readonly string Session = Guid.NewGuid().ToString();

    /// <summary>Such as <c>execute_request</c>.</summary>
    public string Type => (string?)Header["msg_type"] ?? "";

    /// <summary>A message of our own that answers, or belongs to, <paramref name="parent"/>.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="content">What it says.</param>
    /// <param name="parent">What caused it, or null.</param>
    /// <param name="identities">To whom it goes; on the publishing socket its topic.</param>
    public static Message Create(
        string type,
        JsonObject content,
        Message? parent,
        params IReadOnlyList<byte[]> identities
    ) =>
        new(
            identities,
            new JsonObject
            {
                ["msg_id"] = Guid.NewGuid().ToString(),
                ["session"] = Session,
                ["username"] = "kernel",
                ["date"] = DateTime.UtcNow.ToString("O"),
                ["msg_type"] = type,
                ["version"] = Version,
            },
            parent is null ? [] : parent.Header.DeepClone().AsObject(),
            [],
            content
        );

    /// <summary>The answer to this message.</summary>
    public Message Reply(JsonObject content) =>
        Create(Type.Replace("_request", "_reply", StringComparison.Ordinal), content, this, Identities);

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidDataException">It is malformed, or its signature is wrong.</exception>
    public static Message Read(NetMQMessage frames, MessageSigner signer)
    {
        if (frames.FrameCount > MostFrames || frames.Sum(frame => (long)frame.MessageSize) > MostBytes)
            throw new InvalidDataException($"a message of more than {MostFrames} frames or {MostBytes >> 20} MB");
        byte[][] parts = [.. frames.Select(frame => frame.ToByteArray())];
        int start = Array.FindIndex(parts, part => part.AsSpan().SequenceEqual(Delimiter));
        if (start < 0 || parts.Length < start + 6)
            throw new InvalidDataException("a message without its parts");
        byte[][] body = parts[(start + 2)..(start + 6)];
        if (!signer.Verify(Encoding.ASCII.GetString(parts[start + 1]), body))
            throw new InvalidDataException("a message with a wrong signature");
        try
        {
            JsonObject[] read = [.. body.Select(part => JsonNode.Parse(part, null, Strict)?.AsObject() ?? [])];
            foreach (JsonObject part in read)
                Read(part);
            foreach (string name in new[] { "msg_id", "msg_type" })
                if (read[0][name]?.GetValueKind() != JsonValueKind.String)
                    throw new InvalidDataException($"a message whose {name} is not text");
            return new Message(parts[..start], read[0], read[1], read[2], read[3]);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidDataException($"a message that is not JSON: {error.Message}", error);
        }
    }

    /// <summary>Goes once through what a first request needs, so that it is compiled on another processor while the
    /// sockets are bound: about a third of a kernel's start.</summary>
    public static void Rehearse()
    {
        var signer = new MessageSigner("rehearsal");
        Message request = Create("kernel_info_request", [], null);
        Read(request.Write(signer), signer).Reply(KernelInfo.Content()).Write(signer);
    }

    // Text is decoded when it is asked for, and a lone surrogate is found only then.
    static void Read(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach ((string _, JsonNode? value) in fields)
                    Read(value);
                break;
            case JsonArray items:
                foreach (JsonNode? item in items)
                    Read(item);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                _ = value.GetValue<string>();
                break;
        }
    }

    /// <summary>The message's frames, signed.</summary>
    public NetMQMessage Write(MessageSigner signer)
    {
        byte[][] body =
        [
            .. new[] { Header, Parent, Metadata, Content }.Select(part =>
                Encoding.UTF8.GetBytes(part.ToJsonString(Plain))
            ),
        ];
        return new NetMQMessage([.. Identities, Delimiter, Encoding.ASCII.GetBytes(signer.Sign(body)), .. body]);
    }
}
