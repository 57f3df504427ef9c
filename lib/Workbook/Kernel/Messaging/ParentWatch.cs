using System.Diagnostics;

namespace Workbook.Kernel.Messaging;

/// <summary>Ends a kernel whose front end is gone: Jupyter names its process in JPY_PARENT_PID.</summary>
static class ParentWatch
{
    static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public static void Start()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable("JPY_PARENT_PID"), out int id) || id <= 1)
            return;
        new Thread(() =>
        {
            Thread.Sleep(Period); // a start has more urgent things to do
            try
            {
                using Process parent = Process.GetProcessById(id);
                while (!parent.WaitForExit(Period)) { }
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException) { } // gone already
            Environment.Exit(1);
        })
        {
            IsBackground = true,
            Name = "parent watch",
        }.Start();
    }
}
