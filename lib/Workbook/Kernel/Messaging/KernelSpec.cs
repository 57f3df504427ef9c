using System.Text.Json;
using System.Text.Json.Nodes;
using RobustInference.Results;
using Workbook.Terminal;

namespace Workbook.Kernel.Messaging;

/// <summary>The kernel's entry in the user's Jupyter, under the name that Polyglot Notebooks writes into
/// notebooks.</summary>
public static class KernelSpec
{
    /// <summary>The kernel's name.</summary>
    public const string Name = ".net-csharp";

    /// <summary>Registers this program and returns the folder written.</summary>
    public static string Install()
    {
        string folder = Folder(),
            unfinished = Path.Combine(folder, "kernel.json.new");
        Directory.CreateDirectory(folder);
        var spec = new JsonObject
        {
            ["argv"] = new JsonArray([
                .. OwnProgram.CommandLine.Append("kernel").Append("{connection_file}").Select(part => (JsonNode)part),
            ]),
            ["display_name"] = ".NET (C#)",
            ["language"] = "C#",
            ["interrupt_mode"] = "message",
            ["env"] = new JsonObject { ["WORKBOOK_ROOT"] = WorkbookFolder.Root, ["OMP_NUM_THREADS"] = "1" },
        };
        File.WriteAllText(unfinished, spec.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        File.Move(unfinished, Path.Combine(folder, "kernel.json"), overwrite: true);
        return folder;
    }

    /// <summary>Takes the entry away; null when there was none.</summary>
    public static string? Uninstall()
    {
        string folder = Folder();
        if (!Directory.Exists(folder))
            return null;
        Directory.Delete(folder, recursive: true);
        return folder;
    }

    static string Folder() => Path.Combine(DataFolder(), "kernels", Name);

    // As `jupyter --data-dir` says.
    static string DataFolder()
    {
        if (Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } given)
            return given;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS())
            return Path.Combine(home, "Library", "Jupyter");
        if (OperatingSystem.IsWindows())
            return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter");
        return Path.Combine(
            Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data
                ? data
                : Path.Combine(home, ".local", "share"),
            "jupyter"
        );
    }
}
