using System.CommandLine;
using RobustInference.Devices;

namespace Workbook.Terminal;

/// <summary><c>--device NAME</c>: where training and attacks are worked out, for every command and, by the variable
/// that it sets, for the processes that a command starts.</summary>
public static class DeviceOption
{
    /// <summary>The option.</summary>
    public static Option<string?> Instance { get; } =
        new("--device")
        {
            Description =
                $"Where training and attacks run: {ComputeDevice.Names} (default: ${ComputeDevice.Variable}, "
                + "else auto: a GPU where there is one that libtorch can use). Certificates stay on the processor.",
            HelpName = "NAME",
            Recursive = true,
        };

    /// <summary>Takes what was given, before the command runs.</summary>
    /// <exception cref="InvalidDataException">No device, or one that is not there.</exception>
    public static void Load(ParseResult parse)
    {
        if (parse.GetValue(Instance) is not { } name)
            return;
        ComputeDevice.Default = ComputeDevice.Parse(name);
        Environment.SetEnvironmentVariable(ComputeDevice.Variable, name);
    }

    /// <summary>Says where work was done, if it was not on the processor.</summary>
    public static void Tell()
    {
        if (ComputeDevice.Used is { } device && !device.IsHost())
            Screen.Remark($"Worked out on {ComputeDevice.NameOf(device)}.");
    }
}
