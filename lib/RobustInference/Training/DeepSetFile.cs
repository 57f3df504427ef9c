using RobustInference.Aggregators;

namespace RobustInference.Training;

/// <summary>A trained DeepSet on disk: its weights as float32, its sizes and its trim as metadata.</summary>
public static class DeepSetFile
{
    const string Kind = "robust-inference/deepset";

    /// <summary>Writes atomically.</summary>
    /// <param name="path">A <c>.safetensors</c> file.</param>
    /// <param name="network">The weights.</param>
    /// <param name="trim">t of DeepSet-TM, f in training.</param>
    public static void Write(string path, DeepSetNetwork network, int trim) =>
        NetworkFile.Write(path, Kind, network, ("classes", network.Classes), ("hidden", network.Hidden), ("trim", trim));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Another kind of file, a missing tensor or a wrong shape, named.</exception>
    public static (DeepSetNetwork Network, int Trim) Read(string path)
    {
        var file = NetworkFile.Open(path, Kind, "a trained DeepSet");
        int classes = file.Whole("classes", 2, 100_000), hidden = file.Whole("hidden", 1, 16_384), trim = file.Whole("trim", 0, 100_000);
        file.CheckLinear("rho_in", classes, hidden);
        file.CheckLinear("rho_out", hidden, hidden);
        file.CheckLinear("mu_in", hidden, hidden);
        file.CheckLinear("mu_out", hidden, classes);
        var network = new DeepSetNetwork(classes, hidden, 0);
        file.Fill(network);
        return (network, trim);
    }
}
