using RobustInference.Aggregators;
using RobustInference.Networks;

namespace RobustInference.Training;

/// <summary>COPUR's trained networks on disk: weights as float32, sizes as metadata.</summary>
public static class CopurFile
{
    const string Kind = "robust-inference/copur";
    const int WidestInput = 1_000_000;

    /// <summary>Writes atomically.</summary>
    public static void Write(string path, CopurNetwork network) =>
        NetworkFile.Write(
            path,
            Kind,
            network,
            ("clients", network.Clients),
            ("classes", network.Classes),
            ("hidden", network.Hidden),
            ("encoding", network.Encoding),
            ("server", network.Server)
        );

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Another kind of file, a missing tensor or a wrong shape,
    /// named.</exception>
    public static CopurNetwork Read(string path)
    {
        var file = NetworkFile.Open(path, Kind, "COPUR's trained networks");
        int clients = file.Whole("clients", 1, 10_000),
            classes = file.Whole("classes", 2, 100_000),
            width = clients * classes;
        if (width > WidestInput)
            throw new InvalidDataException(
                $"{path}: {clients:N0} clients and {classes:N0} classes are more than {WidestInput:N0} "
                    + "logits side by side"
            );
        int hidden = file.Whole("hidden", 1, 16_384),
            encoding = file.Whole("encoding", 1, 16_384),
            server = file.Whole("server", 1, 16_384);
        file.CheckLinear("encoder_in", width, hidden);
        file.CheckLinear("encoder_out", hidden, encoding);
        file.CheckLinear("decoder_in", encoding, hidden);
        file.CheckLinear("decoder_out", hidden, width);
        file.CheckLinear("server_in", width, server);
        file.CheckLinear("server_between", server, server);
        file.CheckLinear("server_out", server, classes);
        var network = new CopurNetwork(clients, classes, hidden, encoding, server, 0);
        file.Fill(network);
        return network;
    }
}
