using System.Globalization;
using System.Text;
using RobustInference.Results;

namespace RobustInference.Running;

/// <summary>A sweep as a job array of Slurm: a task is a group of cells, so clients are trained once.</summary>
/// <remarks>Slurm sends SIGUSR2 before the time limit; the task then records what is finished, ends, and is put back
/// into the queue. A task that a node takes down with it is requeued by Slurm itself. Either way the next start goes on
/// from the recorded cells.</remarks>
/// <param name="Name">Of the job.</param>
/// <param name="Program">The command that runs the workbook, in parts.</param>
/// <param name="Arguments">Of the workbook; the group's number is appended.</param>
/// <param name="Groups">The tasks.</param>
/// <param name="Folder">For logs.</param>
public sealed record SlurmArray(
    string Name,
    IReadOnlyList<string> Program,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<int> Groups,
    string Folder
)
{
    /// <summary>Tasks at a time; null for as many as the cluster has room for.</summary>
    public int? Parallel { get; init; }

    /// <summary>Time limit of a task, as sbatch takes it; null for the partition's.</summary>
    public string? Time { get; init; }

    /// <summary>Null for the cluster's default.</summary>
    public string? Partition { get; init; }

    /// <summary>Processors of a task.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>Memory of a task, as sbatch takes it; null for the cluster's default.</summary>
    public string? Memory { get; init; }

    /// <summary>Seconds between SIGUSR2 and the time limit.</summary>
    public int Lead { get; init; } = 120;

    /// <summary>The batch script.</summary>
    /// <exception cref="ArgumentException">A line break in an option, or no groups.</exception>
    public string ToScript()
    {
        if (Groups.Count == 0)
            throw new ArgumentException("there is nothing to submit: every cell is recorded");
        var script = new StringBuilder("#!/usr/bin/env bash\n");
        foreach (
            string? option in new[]
            {
                $"--job-name={Name}",
                $"--array={Indices(Groups)}{(Parallel is { } most ? $"%{most}" : "")}",
                $"--signal=B:USR2@{Lead}",
                "--requeue",
                "--open-mode=append",
                $"--output={Path.Combine(Folder, "logs", "%a.log")}",
                $"--cpus-per-task={Processors}",
                Time is null ? null : $"--time={Time}",
                Partition is null ? null : $"--partition={Partition}",
                Memory is null ? null : $"--mem={Memory}",
            }
        )
        {
            if (option is null)
                continue;
            if (option.Any(char.IsControl) || option.Contains('"'))
                throw new ArgumentException($"sbatch cannot take the option {option}");
            script.Append(option.Contains(' ') ? $"#SBATCH \"{option}\"\n" : $"#SBATCH {option}\n");
        }
        script.Append(
            $$"""
            # SIGUSR2 says that the time is nearly up: the program records what is finished,
            # and the task goes back into the queue.
            again=
            trap 'again=1; kill -USR2 "$child" 2>/dev/null' USR2
            export OMP_NUM_THREADS=1 WORKBOOK_ROOT={{Quoted(WorkbookFolder.Root)}}
            echo "task $SLURM_ARRAY_TASK_ID of job $SLURM_ARRAY_JOB_ID on $(hostname), start ${SLURM_RESTART_COUNT:-0}"
            {{string.Join(' ', Program.Concat(Arguments).Select(Quoted))}} --group "$SLURM_ARRAY_TASK_ID" &
            child=$!
            wait "$child"; status=$?
            # A trapped signal ends a wait early.
            while kill -0 "$child" 2>/dev/null; do wait "$child"; status=$?; done
            if [ -n "$again" ] && [ "$status" != 0 ]; then
              echo "task $SLURM_ARRAY_TASK_ID goes back into the queue"
              scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && exit 0
            fi
            exit "$status"

            """
        );
        return script.ToString();
    }

    /// <summary>Indices as sbatch takes them: 0-5, or 0,2,5.</summary>
    static string Indices(IReadOnlyList<int> groups) =>
        groups[^1] - groups[0] == groups.Count - 1 && groups.Count > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{groups[0]}-{groups[^1]}")
            : string.Join(',', groups);

    static string Quoted(string part) => $"'{part.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
