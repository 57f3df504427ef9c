using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary>One pass through the auto-encoder with its weights as constants, and the way back from its output to its
/// input.</summary>
/// <remarks>A LeakyReLU keeps the sign, so its output tells where it was on the flat side. Tensors belong to the
/// caller's dispose scope.</remarks>
sealed class AutoEncoderPass
{
    readonly Linear encoderIn,
        encoderOut,
        decoderIn,
        decoderOut;
    readonly Tensor encoderHidden,
        decoderHidden;

    /// <param name="network">The auto-encoder.</param>
    /// <param name="input">[B, nK].</param>
    public AutoEncoderPass(CopurNetwork network, Tensor input)
    {
        (encoderIn, encoderOut, decoderIn, decoderOut) = (
            network.AutoEncoderLayers[0],
            network.AutoEncoderLayers[1],
            network.AutoEncoderLayers[2],
            network.AutoEncoderLayers[3]
        );
        encoderHidden = nn.functional.leaky_relu(encoderIn.call(input), CopurNetwork.Slope, inplace: true);
        decoderHidden = nn.functional.leaky_relu(
            decoderIn.call(encoderOut.call(encoderHidden)),
            CopurNetwork.Slope,
            inplace: true
        );
        Output = decoderOut.call(decoderHidden);
    }

    /// <summary>[B, nK].</summary>
    public Tensor Output { get; }

    /// <summary>The gradient at the input.</summary>
    /// <param name="gradient">At <see cref="Output"/>, [B, nK].</param>
    /// <returns>[B, nK].</returns>
    public Tensor PullBack(Tensor gradient)
    {
        var hidden = Damp(gradient.mm(decoderOut.weight!), decoderHidden);
        return Damp(hidden.mm(decoderIn.weight!).mm(encoderOut.weight!), encoderHidden).mm(encoderIn.weight!);
    }

    static Tensor Damp(Tensor gradient, Tensor output)
    {
        if (!gradient.IsFloatsOnCpu())
            return EveryDevice.Where(output > 0, gradient, gradient * CopurNetwork.Slope);
        Lanes.DampUnlessPositiveInplace(output.Floats(), gradient.Floats(), (float)CopurNetwork.Slope);
        return gradient;
    }
}
