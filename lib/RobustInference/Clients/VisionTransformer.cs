using RobustInference.Numerics;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>Vision transformer (Dosovitskiy et al., 2021), ViT-B/32 unless its sizes are given: patches and a class
/// token, pre-norm layers, linear head on the class token.</summary>
/// <remarks>
/// <para>Parameters have the names and shapes of torchvision's <c>vit_b_32</c>, so that its checkpoints fit: see
/// <see cref="PretrainedWeights"/>. Initial weights are drawn as torchvision draws them: the head starts at zero. There
/// is no dropout, as in torchvision's default.</para>
/// <para>The paper fine-tunes ViT-B/32 on CIFAR-100: images of 32×32 are cropped and flipped
/// (<see cref="ImageBatches"/>), then enlarged here, on the network's own device.</para>
/// </remarks>
public sealed class VisionTransformer : nn.Module<Tensor, Tensor>
{
    readonly Parameter class_token;
    readonly Conv2d conv_proj;
    readonly VisionEncoder encoder;
    readonly Sequential heads;

    /// <param name="classes">K.</param>
    /// <param name="size">Null: ViT-B/32.</param>
    /// <param name="seed">With <paramref name="index"/>, the stream that the initial weights are drawn from.</param>
    /// <param name="index">Which client.</param>
    /// <exception cref="ArgumentException">Sizes that do not fit each other.</exception>
    public VisionTransformer(int classes, VisionTransformerSize? size, long seed, long index)
        : base(nameof(VisionTransformer))
    {
        Size = (size ?? new()).Checked();
        using var generator = RandomStream.Torch(seed, "vision-transformer-init", index);
        class_token = new Parameter(zeros(1, 1, Size.Width));
        conv_proj = nn.Conv2d(3, Size.Width, Size.Patch, stride: Size.Patch);
        encoder = new VisionEncoder(Size, generator);
        heads = nn.Sequential(
            ("head", nn.Linear(new Parameter(zeros(classes, Size.Width)), new Parameter(zeros(classes))))
        );
        RegisterComponents();
        using var untracked = no_grad();
        conv_proj.weight!.normal_(0, Math.Sqrt(1.0 / (3 * Size.Patch * Size.Patch)), generator);
        conv_proj.bias!.zero_();
    }

    public VisionTransformerSize Size { get; }

    /// <param name="images">[B, 3, s, s], normalised; enlarged bilinearly (pixel centres aligned, not corners) where s
    /// is not the network's own size.</param>
    /// <returns>Logits, [B, K].</returns>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public override Tensor forward(Tensor images)
    {
        if (images.shape is not [_, 3, var height, var width] || height != width)
            throw new ArgumentException(
                $"wanted square colour images, [B, 3, s, s], got [{string.Join(", ", images.shape)}]"
            );
        using var scope = NewDisposeScope();
        if (height != Size.Image)
            images = nn.functional.interpolate(
                images,
                [Size.Image, Size.Image],
                mode: InterpolationMode.Bilinear,
                align_corners: false
            );
        var patches = conv_proj.call(images).flatten(2).transpose(1, 2);
        var tokens = cat([class_token.expand(images.shape[0], -1, -1), patches], 1);
        return heads.call(encoder.call(tokens).select(1, 0)).MoveToOuterDisposeScope();
    }
}
