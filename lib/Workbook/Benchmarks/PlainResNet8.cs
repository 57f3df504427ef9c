using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Workbook.Benchmarks;

/// <summary>ResNet-8 as a tutorial writes it: modules in a row, channels first, nothing done in place.</summary>
public sealed class PlainResNet8 : nn.Module<Tensor, Tensor>
{
    readonly Sequential body;

    /// <param name="classes">K.</param>
    /// <param name="width">Channels of the first block.</param>
    public PlainResNet8(int classes, int width)
        : base(nameof(PlainResNet8))
    {
        body = nn.Sequential(
            nn.Conv2d(3, width, 3, padding: 1, bias: false),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            new Block(width, width, 1),
            new Block(width, 2 * width, 2),
            new Block(2 * width, 4 * width, 2),
            nn.AvgPool2d(4),
            nn.Flatten(),
            nn.Linear(16L * width, classes)
        );
        RegisterComponents();
    }

    public override Tensor forward(Tensor images) => body.call(images);

    sealed class Block : nn.Module<Tensor, Tensor>
    {
        readonly Sequential body,
            shortcut;

        public Block(int from, int to, int stride)
            : base(nameof(Block))
        {
            body = nn.Sequential(
                nn.Conv2d(from, to, 3, stride: stride, padding: 1, bias: false),
                nn.BatchNorm2d(to),
                nn.ReLU(),
                nn.Conv2d(to, to, 3, padding: 1, bias: false),
                nn.BatchNorm2d(to)
            );
            shortcut =
                stride == 1 && from == to
                    ? nn.Sequential(nn.Identity())
                    : nn.Sequential(nn.Conv2d(from, to, 1, stride: stride, bias: false), nn.BatchNorm2d(to));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => nn.functional.relu(body.call(x) + shortcut.call(x));
    }
}
