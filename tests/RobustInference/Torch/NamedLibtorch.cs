using System.Runtime.CompilerServices;
using RobustInference.Files;
using RobustInference.Numerics;

namespace Tests.RobustInference.Torch;

/// <summary>Tests use the libtorch that <c>WORKBOOK_LIBTORCH</c> names, as the commands do: with one that has CUDA, the
/// tests that need a GPU run. They compute on one thread each, however the program was started: trainings set torch's
/// number of threads for the whole process, and what runs beside them must not notice.</summary>
static class NamedLibtorch
{
    [ModuleInitializer]
    internal static void Load()
    {
        TorchLibraries.LoadNamed();
        TorchThreads.One();
    }
}
