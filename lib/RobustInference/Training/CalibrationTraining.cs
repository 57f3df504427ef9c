using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>Fits a <see cref="ClientCalibration"/> to the server's validation data: for every client the multinomial
/// logistic regression of the label on the logarithms of its probabilities, on its own. A convex problem without
/// chance: the same data give the same weights.</summary>
/// <param name="recipe">How.</param>
public sealed class CalibrationTraining(CalibrationRecipe recipe)
{
    // What the weights are drawn to: clients are overconfident where they did not learn.
    const double Centre = 0.5;

    readonly int steps = Argument.AtLeast(recipe.Steps, 1);
    readonly double sharpness = Argument.Positive(recipe.Sharpness);

    /// <summary>Fits it.</summary>
    /// <param name="validation">The server's validation data.</param>
    /// <param name="progress">Told after every client, with the mean cross-entropy of its calibrated rows before they
    /// are sharpened.</param>
    /// <param name="cancel">Checked before every step.</param>
    /// <exception cref="InvalidDataException">No samples.</exception>
    public ClientCalibration Train(
        ProbitSet validation,
        IProgress<PassProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        if (validation.Samples == 0)
            throw new InvalidDataException($"{validation.Name}: holds no validation samples to calibrate clients with");
        using var work = LongWork.Begin("calibrating clients");
        TorchThreads.One();
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        using var near = validation.To(CPU);
        var calibration = new ClientCalibration(near.Clients, near.Classes);
        var wanted = nn.functional.one_hot(near.Labels, near.Classes).to(ScalarType.Float32);
        for (int client = 0; client < near.Clients; client++)
        {
            using var own = NewDisposeScope();
            var rows = ClientCalibration.Features(near.Probits.select(1, client)).to(ScalarType.Float32);
            double loss = Fit(
                rows,
                wanted,
                near.Labels,
                calibration.Weight.select(0, client),
                calibration.Bias.select(0, client),
                cancel
            );
            progress?.Report(new PassProgress(client + 1, loss, null));
        }
        return calibration;
    }

    /// <summary>One client's weights and bias, written in place.</summary>
    double Fit(Tensor rows, Tensor wanted, Tensor labels, Tensor weight, Tensor bias, CancellationToken cancel)
    {
        long samples = rows.shape[0],
            classes = rows.shape[1];
        double decay = recipe.Decay * classes * classes / samples;
        var centre = eye(classes) * Centre;
        using var ofWeight = new Parameter(centre.clone());
        using var ofBias = new Parameter(zeros(classes));
        using var optimizer = optim.Adam([ofWeight, ofBias], recipe.LearningRate);
        double loss = 0;
        for (int step = 0; step < steps; step++)
        {
            LongWork.ThrowIfCancelled(cancel);
            using var scope = NewDisposeScope();
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = recipe.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * step / steps));
            var logits = addmm(ofBias, rows, ofWeight.t(), 1, 1);
            if (step + 1 == steps)
                loss = nn.functional.cross_entropy(logits, labels).ToDouble();
            var off = logits.softmax(-1).sub_(wanted).div_(samples);
            Write(ofWeight, off.t().mm(rows) + (ofWeight - centre) * (2 * decay));
            Write(ofBias, off.sum([0L]));
            optimizer.step();
        }
        weight.copy_(ofWeight * sharpness);
        bias.copy_(ofBias * sharpness);
        return loss;
    }

    static void Write(Parameter parameter, Tensor gradient)
    {
        if (parameter.grad is { } known)
            known.copy_(gradient);
        else
            parameter.grad = gradient.clone();
    }
}
