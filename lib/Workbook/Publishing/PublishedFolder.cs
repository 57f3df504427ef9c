using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using RobustInference.Files;
using RobustInference.Results;

namespace Workbook.Publishing;

/// <summary>A folder that runs without an SDK. It is there whole or not at all: written beside its place, then
/// renamed.</summary>
/// <remarks><c>workbook</c> starts <c>bin/workbook</c>; <c>data</c>, <c>notebooks</c>, <c>samples</c> and <c>docs</c>
/// lie as in the repository, and what the program makes goes to <c>artifacts</c>.</remarks>
/// <param name="Output">Where it is to be: not there yet, or an empty folder.</param>
/// <param name="Runtime">One of <see cref="Runtimes"/>.</param>
/// <param name="WithData">Whether ensembles, results and images go along.</param>
sealed record PublishedFolder(string Output, string Runtime, bool WithData)
{
    /// <summary>The choice of <c>setup</c> that brings no libtorch.</summary>
    public const string NoTorch = "none";

    /// <summary>The machines for which there are native libraries.</summary>
    public static readonly IReadOnlyList<string> Runtimes = ["linux-x64", "linux-arm64", "osx-arm64", "win-x64"];

    static readonly string[] Always = ["notebooks", "samples", "docs", "data/published"],
        Data = ["data/probits", "data/results", "data/cifar10-sample"],
        Files = ["README.md", "LICENSE", "data/README.md", "data/ensembles.json"];

    static readonly TimeSpan BetweenRemarks = TimeSpan.FromSeconds(15);

    /// <summary>Its full path.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(Output).TrimEnd(System.IO.Path.DirectorySeparatorChar);

    /// <summary>What <c>setup</c> chose: cpu, cuda or none.</summary>
    public string TorchBackend { get; } =
        System.IO.Path.Combine(WorkbookFolder.Root, "artifacts", "torch-backend") is var chosen && File.Exists(chosen)
            ? File.ReadAllText(chosen).Trim()
            : "cpu";

    /// <summary>What starts it.</summary>
    public string Start => System.IO.Path.Combine(Path, IsForWindows ? "workbook.cmd" : "workbook");

    bool IsForWindows => Runtime.StartsWith("win", StringComparison.Ordinal);

    /// <summary>Builds it and puts it in its place.</summary>
    /// <param name="remark">Told now and then what goes on.</param>
    /// <param name="cancel">Leaves nothing behind.</param>
    /// <returns>Bytes of the program and of the data.</returns>
    /// <exception cref="IOException">Something is there already, or the place cannot be written to.</exception>
    /// <exception cref="InvalidOperationException">The build failed; a log has all of it.</exception>
    public (long Program, long Data) Write(Action<string> remark, CancellationToken cancel)
    {
        if (File.Exists(Path))
            throw new IOException($"'{Output}' is a file; name a folder that is not there yet");
        if (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any())
            throw new IOException($"'{Output}' is not empty; name a folder that is not there yet");
        string unfinished = $"{Path}.{Environment.ProcessId}-{Guid.NewGuid():N}.tmp";
        if (AtomicFile.Obstacle(unfinished) is { } obstacle)
            throw new IOException($"'{Output}' cannot be written: {obstacle}");
        try
        {
            Build(System.IO.Path.Combine(unfinished, "bin"), remark, cancel);
            long program = Bytes(unfinished);
            CopyData(unfinished, cancel);
            WriteStart(unfinished);
            long all = Bytes(unfinished);
            if (Directory.Exists(Path))
                Directory.Delete(Path); // it was empty
            Directory.Move(unfinished, Path);
            return (program, all - program);
        }
        finally
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
        }
    }

    // Outputs of its own: those of the repository stay as they are, with the runtime and the libtorch of this machine.
    void Build(string folder, Action<string> remark, CancellationToken cancel)
    {
        string work = System.IO.Path.Combine(WorkbookFolder.Root, "artifacts", "publish", $"{Runtime}-{TorchBackend}"),
            log = System.IO.Path.Combine(work, "publish.log");
        using var alone = FileLock.Take(log, cancel);
        remark(
            $"publishing for {Runtime} with libtorch '{TorchBackend}'; the first time also fetches packages, "
                + "which takes some minutes …"
        );
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "publish",
                System.IO.Path.Combine(WorkbookFolder.Root, "lib", "Workbook", "Workbook.csproj"),
                "-c",
                "Release",
                "-r",
                Runtime,
                "--self-contained",
                "--nologo",
                "-v",
                "quiet",
                $"-p:TorchBackend={TorchBackend}",
                $"-p:ArtifactsPath={work}",
                // With the runtime inside, the graph is not the one that is locked.
                "-p:HasLockedPackages=false",
                "-nodeReuse:false",
                "-o",
                folder,
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = WorkbookFolder.Root,
        };
        Process? build;
        try
        {
            build = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new InvalidOperationException(
                "publish needs the .NET 10 SDK, and there is no 'dotnet' in PATH: https://dotnet.microsoft.com/download"
            );
        }
        using (build)
        {
            Task<string> output = build.StandardOutput.ReadToEndAsync(CancellationToken.None),
                errors = build.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                Wait(build, remark, cancel);
            }
            catch (OperationCanceledException)
            {
                build.Kill(entireProcessTree: true);
                build.WaitForExit();
                throw;
            }
            string text = output.GetAwaiter().GetResult() + errors.GetAwaiter().GetResult();
            AtomicFile.WriteText(log, text);
            if (build.ExitCode != 0)
                throw new InvalidOperationException(
                    $"it cannot be built for {Runtime}: {FirstError(text)}; all of it is in {log}"
                );
        }
    }

    static void Wait(Process build, Action<string> remark, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        while (!build.WaitForExit(TimeSpan.FromMilliseconds(200)))
        {
            cancel.ThrowIfCancellationRequested();
            if (clock.Elapsed < BetweenRemarks)
                continue;
            remark($"still publishing, {DateTime.Now - build.StartTime:m\\:ss} minutes …");
            clock.Restart();
        }
        build.WaitForExit();
    }

    // file(line,column): error CODE: what [project]
    static string FirstError(string text)
    {
        string? line = text.Split('\n').FirstOrDefault(line => line.Contains("error ", StringComparison.Ordinal));
        if (line is null)
            return text.Trim() is { Length: > 0 } whole ? whole.Split('\n')[^1].Trim() : "dotnet publish failed";
        line = line[line.IndexOf("error ", StringComparison.Ordinal)..];
        return line.LastIndexOf('[') is > 0 and int project ? line[..project].Trim() : line.Trim();
    }

    void CopyData(string folder, CancellationToken cancel)
    {
        string root = WorkbookFolder.Root;
        var files = Always
            .Concat(WithData ? Data : [])
            .Select(name => System.IO.Path.Combine(root, name))
            .Where(Directory.Exists)
            .SelectMany(name => Directory.EnumerateFiles(name, "*", SearchOption.AllDirectories))
            .Concat(Files.Select(name => System.IO.Path.Combine(root, name)).Where(File.Exists));
        foreach (string file in files)
        {
            cancel.ThrowIfCancellationRequested();
            string place = System.IO.Path.Combine(folder, System.IO.Path.GetRelativePath(root, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(place)!);
            File.Copy(file, place);
        }
    }

    void WriteStart(string folder)
    {
        File.WriteAllText(
            System.IO.Path.Combine(folder, WorkbookFolder.PublishedLandmark),
            JsonSerializer.Serialize(
                new
                {
                    version = typeof(PublishedFolder).Assembly.GetName().Version!.ToString(3),
                    runtime = Runtime,
                    torch_backend = TorchBackend,
                }
            ) + "\n"
        );
        string start = System.IO.Path.Combine(folder, System.IO.Path.GetFileName(Start));
        if (IsForWindows)
        {
            File.WriteAllText(
                start,
                """
                @echo off
                setlocal
                set "WORKBOOK_ROOT=%~dp0."
                if not defined OMP_NUM_THREADS set OMP_NUM_THREADS=1
                "%~dp0bin\workbook.exe" %*

                """.ReplaceLineEndings("\r\n")
            );
            return;
        }
        File.WriteAllText(
            start,
            """
            #!/bin/sh
            # Starts the published program. `./workbook --help` says what there is.
            own=$0
            while [ -L "$own" ]; do
              link=$(readlink "$own")
              case $link in /*) own=$link ;; *) own=$(dirname "$own")/$link ;; esac
            done
            WORKBOOK_ROOT=$(cd "$(dirname "$own")" && pwd)
            # Results must not depend on the number of threads.
            OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
            export WORKBOOK_ROOT OMP_NUM_THREADS
            exec "$WORKBOOK_ROOT/bin/workbook" "$@"

            """
        );
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                start,
                UnixFileMode.UserRead
                    | UnixFileMode.UserWrite
                    | UnixFileMode.UserExecute
                    | UnixFileMode.GroupRead
                    | UnixFileMode.GroupExecute
                    | UnixFileMode.OtherRead
                    | UnixFileMode.OtherExecute
            );
    }

    static long Bytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
