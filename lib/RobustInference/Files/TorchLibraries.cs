using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace RobustInference.Files;

/// <summary>libtorch from where a machine has it already: an installed PyTorch, a downloaded libtorch. TorchSharp finds
/// its libraries by name, so whatever was loaded before its first use is what it gets.</summary>
public static partial class TorchLibraries
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "WORKBOOK_LIBTORCH";

    // In the order in which they need each other; a build for the CPU has no CUDA ones.
    static readonly string[] Needed = ["libtorch_global_deps.so", "libc10.so", "libtorch_cpu.so", "libtorch.so"];
    static readonly string[] Order =
    [
        "libtorch_global_deps.so",
        "libc10.so",
        "libtorch_cpu.so",
        "libc10_cuda.so",
        "libtorch_cuda.so",
        "libtorch.so",
    ];

    // Null where nothing was loaded from a folder: TorchSharp then takes what lies beside the program.
    static bool? loadedCuda;

    /// <summary>Whether libtorch comes with CUDA here: <c>libtorch_cuda</c> was loaded from the named folder, or, where
    /// none was named, lies beside the program or in its folder <c>runtimes</c>. Says nothing of a GPU; loads
    /// nothing.</summary>
    public static bool HasCuda => loadedCuda ?? LiesBeside.Value;

    static readonly Lazy<bool> LiesBeside = new(() =>
        HoldsCuda(AppContext.BaseDirectory)
        || Path.GetDirectoryName(typeof(TorchSharp.torch).Assembly.Location) is { Length: > 0 } folder
            && HoldsCuda(folder)
    );

    /// <summary>Whether there is a libtorch: it was loaded from the named folder, lies beside the program, or is found
    /// by the system (which then loads it). Without it TorchSharp fails at its first use.</summary>
    public static bool IsAtHand() =>
        loadedCuda is not null
        || File.Exists(
            Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "torch_cpu.dll" : "libtorch_cpu.so")
        )
        || NativeLibrary.TryLoad("torch_cpu", typeof(TorchSharp.torch).Assembly, null, out _);

    /// <summary>Loads the libraries of the folder that <see cref="Variable"/> names, if it names one.</summary>
    public static void LoadNamed()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder)
            Load(folder);
    }

    /// <summary>Loads libtorch's libraries before TorchSharp asks for them. On Linux alone.</summary>
    /// <param name="folder">Holds <c>libtorch_cpu.so</c>, or its subfolder <c>lib</c> does.</param>
    /// <exception cref="InvalidDataException">No libtorch, a truncated one, or another version than TorchSharp was
    /// built for; said before anything is loaded.</exception>
    public static void Load(string folder)
    {
        string place = Check(folder, Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));
        foreach (string name in Order)
            if (Path.Combine(place, name) is var path && File.Exists(path))
                LoadOne(path);
        loadedCuda = HoldsCuda(place);
    }

    /// <summary>Whether a program's folder holds <c>libtorch_cuda</c>, itself or in its folder <c>runtimes</c> for this
    /// platform.</summary>
    public static bool HoldsCuda(string folder)
    {
        string name = OperatingSystem.IsWindows() ? "torch_cuda.dll" : "libtorch_cuda.so";
        return File.Exists(Path.Combine(folder, name))
            || File.Exists(Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", name));
    }

    static void LoadOne(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            string[] lines = error.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            throw new InvalidDataException($"{path}: cannot be loaded: {lines[^1].Trim()}", error);
        }
    }

    /// <summary>Finds the libraries and compares what they have with what TorchSharp wants; loads nothing.</summary>
    /// <param name="folder">As in <see cref="Load"/>.</param>
    /// <param name="torchSharp">TorchSharp's native library.</param>
    /// <returns>The folder that holds the libraries.</returns>
    /// <exception cref="InvalidDataException">As in <see cref="Load"/>.</exception>
    public static string Check(string folder, string torchSharp)
    {
        if (!OperatingSystem.IsLinux())
            throw new InvalidDataException($"{folder}: libtorch is taken from a folder on Linux alone");
        string? place = new[] { folder, Path.Combine(folder, "lib") }.FirstOrDefault(candidate =>
            File.Exists(Path.Combine(candidate, "libtorch_cpu.so"))
        );
        if (place is null)
            throw new InvalidDataException(
                $"{folder}: holds no libtorch (looked for libtorch_cpu.so and lib/libtorch_cpu.so); name the folder "
                    + "'torch/lib' of an installed PyTorch, or an unpacked libtorch"
            );
        if (Needed.FirstOrDefault(name => !File.Exists(Path.Combine(place, name))) is { } absent)
            throw new InvalidDataException($"{place}: has no {absent}, which belongs to libtorch");
        var wanted = ElfSymbols.Read(torchSharp).Wants.Where(name => OfTorch().IsMatch(name)).ToHashSet();
        foreach (string name in Order)
            if (Path.Combine(place, name) is var path && File.Exists(path))
                wanted.ExceptWith(ElfSymbols.Read(path).Has);
        if (wanted.Count > 0)
            throw new InvalidDataException(
                $"{place}: is {Version(place)}, and TorchSharp here needs another version: "
                    + $"{wanted.Count:N0} of its functions are missing there, such as "
                    + wanted.Min(StringComparer.Ordinal)
            );
        return place;
    }

    // PyTorch writes torch/version.py, libtorch build-version, both beside lib.
    static string Version(string place)
    {
        foreach (string file in new[] { "../build-version", "../version.py", "build-version" })
            if (
                Path.Combine(place, file) is var path
                && File.Exists(path)
                && new FileInfo(path).Length < 1 << 16
                && Number().Match(File.ReadAllText(path)) is { Success: true } number
            )
                return $"libtorch {number.Value}";
        return "a libtorch that does not name its version";
    }

    // Names of the namespaces at, c10, caffe2 and torch, as C++ spells them.
    [GeneratedRegex("2at|3c10|5torch|6caffe2")]
    private static partial Regex OfTorch();

    [GeneratedRegex(@"[0-9]+\.[0-9]+\.[0-9]+(\+[a-z0-9]+)?")]
    private static partial Regex Number();
}
