using System.Diagnostics;

namespace Tests.Workbook;

/// <summary>A real Slurm of one node on loopback, with its own keys, ports and state, for one test.</summary>
sealed class Slurm : IDisposable
{
    static readonly string[] Programs = ["munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue", "scancel"];
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    readonly string folder;

    /// <summary>Starts it, or skips the test where its programs are not to be had.</summary>
    public Slurm(string folder)
    {
        this.folder = folder;
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "Slurm's daemons want root here"
        );
        foreach (string program in Programs)
            Assert.SkipWhen(
                Outside.Run("which", [program]).Exit != 0,
                $"{program} is missing: apt-get install slurmctld slurmd slurm-client munge"
            );
        foreach (string name in new[] { "state", "spool" })
            Directory.CreateDirectory(File(name));
        byte[] key = new byte[1024];
        Random.Shared.NextBytes(key);
        System.IO.File.WriteAllBytes(File("munge.key"), key);
        Outside.Run("chmod", ["600", File("munge.key")]);
        System.IO.File.WriteAllText(File("slurm.conf"), Configuration());
        Start(
            "munged",
            "--force",
            "--key-file",
            File("munge.key"),
            "--socket",
            File("munge.socket"),
            "--pid-file",
            File("munged.pid"),
            "--seed-file",
            File("munge.seed"),
            "--log-file",
            File("munged.log")
        );
        Start("slurmctld");
        // The controller has to listen before the node registers.
        Wait("the controller", () => Ask("scontrol", "ping").Contains(" UP", StringComparison.Ordinal));
        Start("slurmd");
        Wait("the node", () => Ask("sinfo", "--noheader", "--format=%T").Contains("idle", StringComparison.Ordinal));
    }

    public (string, string) Variable => ("SLURM_CONF", File("slurm.conf"));

    /// <summary>What one of Slurm's commands says.</summary>
    public string Ask(string program, params string[] arguments) =>
        Outside.Run(program, arguments, null, Variable).Output;

    /// <summary>Waits until <paramref name="met"/>; fails with the logs if that never comes.</summary>
    public void Wait(string what, Func<bool> met, TimeSpan? patience = null)
    {
        var clock = Stopwatch.StartNew();
        while (!met())
        {
            if (clock.Elapsed > (patience ?? Patience))
                Assert.Fail(
                    $"Slurm: {what} did not come: "
                        + Ask("squeue")
                        + $"{string.Concat(Directory.GetFiles(folder, "*.log").Select(System.IO.File.ReadAllText))}"
                );
            Thread.Sleep(100);
        }
    }

    public void Dispose()
    {
        foreach (string pid in new[] { "slurmd.pid", "slurmctld.pid", "munged.pid" })
            if (System.IO.File.Exists(File(pid)))
                Outside.Run("kill", [System.IO.File.ReadAllText(File(pid)).Trim()]);
        // The daemons write to the folder until they are gone.
        var clock = Stopwatch.StartNew();
        while (Directory.GetFiles(folder, "*.pid").Length > 0 && clock.Elapsed < Patience)
            Thread.Sleep(50);
    }

    string File(string name) => Path.Combine(folder, name);

    void Start(string program, params string[] arguments)
    {
        var (exit, output) = Outside.Run(program, arguments, null, Variable);
        Assert.True(exit == 0, $"{program}: {output}");
    }

    // Credentials of five seconds: a requeued task waits for them to expire, two minutes by default.
    string Configuration()
    {
        string host = Outside.Run("hostname", ["-s"]).Output.Trim();
        int port = 20_000 + Random.Shared.Next(20_000) / 2 * 2;
        return $"""
            ClusterName=test
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={port}
            SlurmdPort={port + 1}
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={File("munge.socket")},cred_expire=5
            CredType=cred/munge
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            ReturnToService=2
            JobRequeue=1
            KillWait=2
            SchedulerParameters=sched_interval=1,bf_interval=1
            SlurmctldPidFile={File("slurmctld.pid")}
            SlurmdPidFile={File("slurmd.pid")}
            SlurmctldLogFile={File("slurmctld.log")}
            SlurmdLogFile={File("slurmd.log")}
            StateSaveLocation={File("state")}
            SlurmdSpoolDir={File("spool")}
            SlurmdParameters=config_overrides
            NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
            PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP

            """;
    }
}
