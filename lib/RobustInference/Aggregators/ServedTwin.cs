using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Serving;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>Weights of torch's networks, copied into rules that need no torch.</summary>
static class ServedTwin
{
    public static ServedRule Of(string name, DeepSetNetwork network, int trim) =>
        new ServedDeepSet(
            name,
            (LayerOf(network.RhoIn), LayerOf(network.RhoOut)),
            (LayerOf(network.MuIn), LayerOf(network.MuOut)),
            trim
        );

    public static ServedRule Of(VoteNetwork network) =>
        new ServedCertifiedVote([
            .. network.Members.Select(member => new VoteMemberWeights(
                LayerOf(member.RowIn),
                LayerOf(member.Between),
                LayerOf(member.VoteOut),
                Doubles(member.OfClient),
                Doubles(member.ClientIn),
                Doubles(member.Influence),
                Doubles(member.Bias)
            )),
        ]);

    public static ServedRule Of(ClientCalibration calibration, ServedRangeMean inner) =>
        new ServedCalibrated(inner, Doubles(calibration.Weight), Doubles(calibration.Bias), calibration.Classes);

    static Layer LayerOf(Linear layer) =>
        new((int)layer.weight!.shape[1], (int)layer.weight.shape[0], Doubles(layer.weight), Doubles(layer.bias!));

    static double[] Doubles(Tensor weights)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        return weights.numel() == 0
            ? []
            : weights.detach().cpu().to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }
}
