using System.Globalization;
using RobustInference.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Devices;

/// <summary>Where training and attacks are worked out: on the processor, or on a GPU where libtorch has CUDA and one
/// answers. Certificates stay on the processor: their rounding is proved for its float64.</summary>
/// <remarks>Random numbers are drawn on the processor and moved, so that a seed means the same everywhere; what is
/// computed from them agrees up to the rounding of float32 sums in another order.</remarks>
public static class ComputeDevice
{
    /// <summary>The environment variable that names it, as the option --device does.</summary>
    public const string Variable = "WORKBOOK_DEVICE";

    /// <summary>What a name may be.</summary>
    public const string Names = "cpu, cuda, cuda:1 or auto";

    static readonly Lock Gate = new();
    static Device? chosen;

    /// <summary>The device of all work that names none: at first what <see cref="Variable"/> says, or
    /// <c>auto</c>.</summary>
    /// <exception cref="InvalidDataException">The variable names no device, or one that is not there.</exception>
    public static Device Default
    {
        get
        {
            lock (Gate)
                return chosen ??= Parse(
                    Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? name : "auto"
                );
        }
        set
        {
            lock (Gate)
                chosen = value;
        }
    }

    /// <summary>Settles on <see cref="Default"/>, so that outputs name it also where all was recorded before and
    /// nothing is left to work out.</summary>
    public static void Choose() => _ = Default;

    /// <summary>The device of work that has been done or is under way; null where nothing asked for one.</summary>
    public static Device? Used
    {
        get
        {
            lock (Gate)
                return chosen;
        }
    }

    /// <summary>The device of a name: <c>auto</c> is the first GPU where there is one, and the processor
    /// elsewhere.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="InvalidDataException">Another name, or a GPU that is not there: one line that says
    /// why.</exception>
    public static Device Parse(string name)
    {
        if (name == "cpu")
            return CPU;
        if (name == "auto")
            return Gpus() > 0 ? new Device(DeviceType.CUDA, 0) : CPU;
        int index = 0;
        bool known =
            name == "cuda"
            || name.StartsWith("cuda:", StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out index);
        if (!known)
            throw new InvalidDataException($"'{name}' is no device; wanted {Names}");
        int there = Gpus();
        if (there == 0)
            throw new InvalidDataException(
                TorchLibraries.HasCuda
                    ? "no CUDA device: libtorch has CUDA, but the driver reports no GPU; use --device cpu"
                    : "no CUDA device: libtorch here is for the processor alone; build with "
                        + "'./workbook setup -p:TorchBackend=cuda', name a libtorch with CUDA by --libtorch, "
                        + "or use --device cpu"
            );
        return index < there
            ? new Device(DeviceType.CUDA, index)
            : throw new InvalidDataException($"no CUDA device {index}: there are {there}, counted from 0");
    }

    /// <summary>Whether this is the processor.</summary>
    public static bool IsHost(this Device device) => device.type == DeviceType.CPU;

    /// <summary>What outputs call it: <c>cpu</c>, or <c>cuda:0 (NVIDIA H100)</c> where the driver tells the
    /// model.</summary>
    public static string NameOf(Device device)
    {
        if (device.IsHost())
            return "cpu";
        string name = $"cuda:{Math.Max(0, device.index)}";
        return Model(Math.Max(0, device.index)) is { } model ? $"{name} ({model})" : name;
    }

    // TorchSharp looks for CUDA's libraries all over the disk where there are none.
    static int Gpus() => TorchLibraries.HasCuda && cuda.is_available() ? cuda.device_count() : 0;

    static string? Model(int index)
    {
        const string folder = "/proc/driver/nvidia/gpus";
        if (!Directory.Exists(folder))
            return null;
        string[] gpus = [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)];
        string? line =
            index < gpus.Length && Path.Combine(gpus[index], "information") is var file && File.Exists(file)
                ? File.ReadLines(file).FirstOrDefault(text => text.StartsWith("Model:", StringComparison.Ordinal))
                : null;
        return line?["Model:".Length..].Trim();
    }
}
