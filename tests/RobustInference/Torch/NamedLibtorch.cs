using System.Runtime.CompilerServices;
using RobustInference.Files;

namespace Tests.RobustInference.Torch;

/// <summary>Tests use the libtorch that <c>WORKBOOK_LIBTORCH</c> names, as the commands do: with one that has CUDA, the
/// tests that need a GPU run.</summary>
static class NamedLibtorch
{
    [ModuleInitializer]
    internal static void Load() => TorchLibraries.LoadNamed();
}
