using RobustInference.Networks;
using RobustInference.Numerics;
using static TorchSharp.torch;

namespace Tests.RobustInference.Aggregators;

/// <summary>A calibration with drawn weights, as far from the identity as fitted ones are.</summary>
static class DrawnCalibration
{
    public static ClientCalibration Of(int clients, int classes, long seed = 1)
    {
        var calibration = new ClientCalibration(clients, classes);
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var generator = RandomStream.Torch(seed, "test-calibration");
        calibration.Weight.mul_(0.5).add_(0.3 * randn([clients, classes, classes], generator: generator));
        calibration.Bias.add_(randn([clients, classes], generator: generator));
        foreach (var weights in calibration.parameters())
            weights.requires_grad = false;
        return calibration;
    }
}
