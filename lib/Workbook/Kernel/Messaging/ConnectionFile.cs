using System.Text.Json;

namespace Workbook.Kernel.Messaging;

/// <summary>Where a Jupyter front end waits for its kernel, as its connection file says.</summary>
public sealed record ConnectionFile(
    string Transport,
    string Ip,
    int ShellPort,
    int IOPubPort,
    int StdinPort,
    int ControlPort,
    int HeartbeatPort,
    string Key,
    string? SignatureScheme
)
{
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not a connection file, or asks for something that is not done
    /// here.</exception>
    public static ConnectionFile Read(string path)
    {
        ConnectionFile connection;
        try
        {
            connection = Parse(File.ReadAllText(path));
        }
        catch (Exception error)
            when (error is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{path}: not a connection file: {error.Message}", error);
        }
        if (connection.Transport is not "tcp")
            throw new InvalidDataException($"{path}: transport '{connection.Transport}': only tcp is supported");
        if (connection.SignatureScheme is not (null or "" or "hmac-sha256"))
            throw new InvalidDataException(
                $"{path}: signature scheme '{connection.SignatureScheme}': only hmac-sha256 is supported"
            );
        return connection;
    }

    // By hand: a serializer would cost more of a kernel's start than all its sockets.
    static ConnectionFile Parse(string text)
    {
        using JsonDocument file = JsonDocument.Parse(text);
        return new ConnectionFile(
            Text("transport"),
            Text("ip"),
            Port("shell_port"),
            Port("iopub_port"),
            Port("stdin_port"),
            Port("control_port"),
            Port("hb_port"),
            Text("key"),
            file.RootElement.TryGetProperty("signature_scheme", out JsonElement scheme) ? scheme.GetString() : null
        );

        string Text(string name) => Field(name).GetString() ?? throw new FormatException($"{name} is null");

        int Port(string name) => Field(name).GetUInt16();

        JsonElement Field(string name) =>
            file.RootElement.TryGetProperty(name, out JsonElement field)
                ? field
                : throw new KeyNotFoundException($"{name} is missing");
    }

    /// <summary>A socket's address.</summary>
    public string Address(int port) => $"{Transport}://{Ip}:{port}";
}
