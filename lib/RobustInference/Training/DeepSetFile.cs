using RobustInference.Aggregators;
using RobustInference.Networks;

namespace RobustInference.Training;

/// <summary>A trained DeepSet on disk: its weights as float32; how it was trained, its sizes and its trim as
/// metadata.</summary>
public static class DeepSetFile
{
    const string Adversarial = "robust-inference/deepset",
        Certified = "robust-inference/certified-deepset";

    /// <summary>Writes an adversarially trained one, atomically.</summary>
    /// <param name="path">A <c>.safetensors</c> file.</param>
    /// <param name="network">The weights.</param>
    /// <param name="trim">t of DeepSet-TM, f in training.</param>
    public static void Write(string path, DeepSetNetwork network, int trim) =>
        Write(path, new TrainedDeepSet(network, trim, trim, IsCertified: false));

    /// <summary>Writes atomically.</summary>
    public static void Write(string path, TrainedDeepSet trained)
    {
        (string, int)[] sizes =
        [
            ("classes", trained.Network.Classes),
            ("hidden", trained.Network.Hidden),
            ("trim", trained.Trim),
        ];
        if (trained.IsCertified)
            NetworkFile.Write(
                path,
                Certified,
                trained.Network,
                [.. sizes, ("decoder", trained.Network.Decoder), ("corrupted", trained.Corrupted)]
            );
        else
            NetworkFile.Write(path, Adversarial, trained.Network, sizes);
    }

    /// <summary>Reads what <see cref="Write(string, TrainedDeepSet)"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Another kind of file, a missing tensor or a wrong shape,
    /// named.</exception>
    public static TrainedDeepSet Read(string path)
    {
        var file = NetworkFile.Open(path, [Adversarial, Certified], "a trained DeepSet");
        bool certified = file.Kind == Certified;
        int classes = file.Whole("classes", 2, 100_000),
            hidden = file.Whole("hidden", 1, 16_384),
            trim = file.Whole("trim", 0, 100_000);
        int decoder = certified ? file.Whole("decoder", 1, 16_384) : hidden,
            corrupted = certified ? file.Whole("corrupted", 0, trim) : trim;
        file.CheckLinear("rho_in", classes, hidden);
        file.CheckLinear("rho_out", hidden, hidden);
        file.CheckLinear("mu_in", hidden, decoder);
        file.CheckLinear("mu_out", decoder, classes);
        var network = new DeepSetNetwork(classes, hidden, 0, decoder);
        file.Fill(network);
        return new TrainedDeepSet(network, trim, corrupted, certified);
    }
}
