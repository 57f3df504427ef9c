using RobustInference.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>ResNet-8 for 32×32 images (He et al., 2016): conv3×3(3→w)–BN–ReLU, basic blocks of w, 2w and 4w channels,
/// the last two with stride 2, average-pool 4, linear(16w→K).</summary>
/// <remarks>Convolutions before a batch norm carry no bias. The paper's width is w = 128.</remarks>
public sealed class ResNet8 : nn.Module<Tensor, Tensor>
{
    readonly Conv2d conv1;
    readonly BatchNorm2d bn1;
    readonly BasicBlock block1,
        block2,
        block3;
    readonly Linear linear;

    /// <param name="classes">K.</param>
    /// <param name="width">w, the channels of the first block.</param>
    /// <param name="seed">With <paramref name="index"/>, the stream that the initial weights are drawn from.</param>
    /// <param name="index">Which client.</param>
    public ResNet8(int classes, int width, long seed, long index)
        : base(nameof(ResNet8))
    {
        conv1 = Conv3x3(3, width, 1);
        bn1 = nn.BatchNorm2d(width);
        block1 = new BasicBlock(width, width, 1);
        block2 = new BasicBlock(width, 2 * width, 2);
        block3 = new BasicBlock(2 * width, 4 * width, 2);
        linear = nn.Linear(16L * width, classes);
        RegisterComponents();
        using var generator = RandomStream.Torch(seed, "resnet8-init", index);
        Initialise.KaimingInplace(this, generator);
    }

    /// <param name="images">[B, 3, 32, 32], normalised.</param>
    /// <returns>Logits, [B, K].</returns>
    public override Tensor forward(Tensor images)
    {
        using var scope = NewDisposeScope();
        var x = nn.functional.relu(bn1.call(conv1.call(images)), inplace: true);
        x = block3.call(block2.call(block1.call(x)));
        x = nn.functional.avg_pool2d(x, 4).contiguous().flatten(1);
        return linear.call(x).MoveToOuterDisposeScope();
    }

    static Conv2d Conv3x3(int from, int to, int stride) =>
        nn.Conv2d(from, to, 3, stride: stride, padding: 1, bias: false);

    sealed class BasicBlock : nn.Module<Tensor, Tensor>
    {
        readonly Conv2d conv1,
            conv2;
        readonly BatchNorm2d bn1,
            bn2;
        readonly Sequential? shortcut;

        /// <summary>On AVX2, oneDNN's backward pass of a 1×1 convolution with a stride writes past the end of its
        /// memory where channels come last and there are fewer than 8 of them (docs/sharp-edges.md).</summary>
        const int FewChannels = 8;

        public BasicBlock(int from, int to, int stride)
            : base(nameof(BasicBlock))
        {
            conv1 = Conv3x3(from, to, stride);
            bn1 = nn.BatchNorm2d(to);
            conv2 = Conv3x3(to, to, 1);
            bn2 = nn.BatchNorm2d(to);
            if (stride != 1 || from != to)
                shortcut = nn.Sequential(nn.Conv2d(from, to, 1, stride: stride, bias: false), nn.BatchNorm2d(to));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var y = nn.functional.relu(bn1.call(conv1.call(x)), inplace: true);
            y = bn2.call(conv2.call(y)) + (shortcut is null ? x : shortcut.call(ForShortcut(x)));
            return nn.functional.relu(y, inplace: true).MoveToOuterDisposeScope();
        }

        static Tensor ForShortcut(Tensor x) => x.size(1) < FewChannels ? x.contiguous() : x;
    }
}
