using System.Diagnostics;

namespace Tests.Workbook;

/// <summary>The checkout and the programs around it, as tests that run whole programs need them.</summary>
static class Outside
{
    /// <summary>Debian's own Python, for which Debian's Jupyter is installed; another one may come first in
    /// PATH.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>The checkout's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The built command line.</summary>
    public static string Program => Path.Combine(Root, "artifacts", "bin", "Workbook", "release", "workbook.dll");

    /// <summary>Skips the test where Debian's Python lacks <paramref name="module"/>.</summary>
    public static void NeedsPython(string module, string package)
    {
        if (!File.Exists(Python))
            Assert.Skip($"{Python} is missing");
        if (Run(Python, ["-c", $"import {module}"]).Exit != 0)
            Assert.Skip($"{Python} cannot import {module}: apt-get install {package}");
    }

    /// <summary>A new folder that holds Jupyter's data with the kernel registered in it, by the command that users
    /// use.</summary>
    public static TemporaryFolder JupyterFolder()
    {
        var folder = new TemporaryFolder();
        var (exit, output) = Run(
            "dotnet",
            [Program, "kernel", "install"],
            variables: ("JUPYTER_DATA_DIR", folder.Path)
        );
        Assert.True(exit == 0, output);
        return folder;
    }

    /// <summary>Runs a program to its end.</summary>
    public static (int Exit, string Output) Run(
        string program,
        string[] arguments,
        string? folder = null,
        params (string Name, string Value)[] variables
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    static string FindRoot()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "RobustInference.slnx")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
