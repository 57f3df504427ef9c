using System.Text.Json;
using System.Text.Json.Serialization;

namespace Workbook.Kernel.Messaging;

/// <summary>Where a Jupyter front end waits for its kernel, as its connection file says.</summary>
public sealed record ConnectionFile(
    [property: JsonPropertyName("transport")] string Transport,
    [property: JsonPropertyName("ip")] string Ip,
    [property: JsonPropertyName("shell_port")] int ShellPort,
    [property: JsonPropertyName("iopub_port")] int IOPubPort,
    [property: JsonPropertyName("stdin_port")] int StdinPort,
    [property: JsonPropertyName("control_port")] int ControlPort,
    [property: JsonPropertyName("hb_port")] int HeartbeatPort,
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("signature_scheme")] string SignatureScheme
)
{
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not a connection file, or asks for something that is not done
    /// here.</exception>
    public static ConnectionFile Read(string path)
    {
        ConnectionFile? connection;
        try
        {
            connection = JsonSerializer.Deserialize(File.ReadAllText(path), ConnectionJson.Default.ConnectionFile);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: not a connection file: {error.Message}", error);
        }
        if (connection is not { Ip: not null, Key: not null })
            throw new InvalidDataException($"{path}: not a connection file: ip or key is missing");
        if (connection.Transport is not "tcp")
            throw new InvalidDataException($"{path}: transport '{connection.Transport}': only tcp is supported");
        if (connection.SignatureScheme is not (null or "" or "hmac-sha256"))
            throw new InvalidDataException(
                $"{path}: signature scheme '{connection.SignatureScheme}': only hmac-sha256 is supported"
            );
        return connection;
    }

    /// <summary>A socket's address.</summary>
    public string Address(int port) => $"{Transport}://{Ip}:{port}";
}
