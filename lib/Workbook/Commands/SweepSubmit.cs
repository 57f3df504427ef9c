using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using RobustInference.Files;
using RobustInference.Results;
using RobustInference.Running;
using Workbook.Terminal;

namespace Workbook.Commands;

/// <summary><c>./workbook sweep submit --slurm</c>: a job array whose tasks are groups of cells.</summary>
static class SweepSubmit
{
    public static Command Create()
    {
        var (grid, folders, data, json) = (SweepCommand.Grid(), Options.Ensembles(), Options.Data(), Options.Json());
        var slurm = new Option<bool>("--slurm")
        {
            Description = "The batch system: the only one that is known, and to be named.",
        };
        var parallel = Options.Whole("--parallel", 0, 0, "Tasks at a time; 0 for as many as there is room for.");
        var time = new Option<string?>("--time")
        {
            Description = "Time limit of a task, as sbatch takes it.",
            HelpName = "H:MM:SS",
        };
        var partition = new Option<string?>("--partition")
        {
            Description = "Partition (default: the cluster's).",
            HelpName = "NAME",
        };
        var memory = new Option<string?>("--memory")
        {
            Description = "Of a task, as sbatch takes it.",
            HelpName = "4G",
        };
        var processors = Options.Whole(
            "--cpus",
            1,
            1,
            "Processors of a task; more help where clients are to be trained."
        );
        var lead = Options.Whole(
            "--lead",
            1,
            120,
            "Seconds before the time limit at which a task records what is finished and goes back into the queue."
        );
        var dry = new Option<bool>("--dry-run") { Description = "Write the script, and do not submit it." };
        var command = new Command(
            "submit",
            "Submit what is missing as a job array of Slurm, a task for each group. All nodes must see "
                + "this folder. The jobs run the built program: build again only when they are done."
        )
        {
            grid,
            slurm,
            parallel,
            time,
            partition,
            memory,
            processors,
            lead,
            dry,
            folders,
            data,
            json,
        };
        command.SetAction(
            (parse, _) =>
                Task.Run(
                    () =>
                    {
                        if (!parse.GetValue(slurm))
                            throw new ArgumentException("say to which batch system: --slurm");
                        string file = parse.GetRequiredValue(grid);
                        string[] elsewhere = [.. (parse.GetValue(folders) ?? []).Select(Path.GetFullPath)];
                        string datasets = Path.GetFullPath(parse.GetRequiredValue(data));
                        var experiment = Experiment.Read(file);
                        int[] open =
                        [
                            .. SweepCommand
                                .Open(file, elsewhere, datasets)
                                .Plan()
                                .Where(group => group.State != SweepState.Done)
                                .Select(group => group.Index),
                        ];
                        string folder = Path.Combine(
                            WorkbookFolder.Root,
                            "artifacts",
                            "sweeps",
                            $"{Path.GetFileNameWithoutExtension(file)}-"
                                + $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..6]}"
                        );
                        string kept = Path.Combine(folder, "grid.json"),
                            script = Path.Combine(folder, "job.sh");
                        var array = new SlurmArray(
                            experiment.Id,
                            OwnProgram.CommandLine,
                            [
                                "sweep",
                                "run",
                                kept,
                                .. elsewhere.SelectMany(path => new[] { "--ensembles", path }),
                                "--data",
                                datasets,
                            ],
                            open,
                            folder
                        )
                        {
                            Parallel = parse.GetRequiredValue(parallel) is > 0 and var most ? most : null,
                            Time = parse.GetValue(time),
                            Partition = parse.GetValue(partition),
                            Memory = parse.GetValue(memory),
                            Processors = parse.GetRequiredValue(processors),
                            Lead = parse.GetRequiredValue(lead),
                        };
                        string text = array.ToScript();
                        Directory.CreateDirectory(Path.Combine(folder, "logs"));
                        AtomicFile.Write(kept, stream => stream.Write(File.ReadAllBytes(file)));
                        AtomicFile.WriteText(script, text);
                        string? job = parse.GetValue(dry) ? null : Submit(script);
                        if (parse.GetValue(json))
                            Screen.Json(
                                new
                                {
                                    job,
                                    script,
                                    logs = Path.Combine(folder, "logs"),
                                    groups = open,
                                }
                            );
                        else
                            Console.Out.WriteLine(
                                job is null
                                    ? $"{script}: {open.Length} tasks, not submitted"
                                    : $"job {job}: {open.Length} tasks, logs in {Path.Combine(folder, "logs")}"
                            );
                        return 0;
                    },
                    CancellationToken.None
                )
        );
        return command.WithExample(
            "./workbook sweep submit grid.json --slurm --parallel 8 --time 4:00:00 --memory 4G",
            "./workbook sweep submit grid.json --slurm --dry-run"
        );
    }

    static string Submit(string script)
    {
        try
        {
            using var sbatch = Process.Start(
                new ProcessStartInfo("sbatch", ["--parsable", script])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var errors = sbatch.StandardError.ReadToEndAsync();
            string output = sbatch.StandardOutput.ReadToEnd().Trim();
            sbatch.WaitForExit();
            if (sbatch.ExitCode != 0)
                throw new InvalidOperationException(
                    $"sbatch did not take {script}: {errors.GetAwaiter().GetResult().Trim()}"
                );
            return output.Split(';')[0];
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"sbatch cannot be started: {e.Message}; the script is {script}", e);
        }
    }
}
