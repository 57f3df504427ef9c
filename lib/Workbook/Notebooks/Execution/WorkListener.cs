using System.Diagnostics;
using RobustInference.Numerics;

namespace Workbook.Notebooks.Execution;

/// <summary>Hears what the library is busy with: it opens an <see cref="Activity"/> for each training.</summary>
sealed class WorkListener : IDisposable
{
    readonly ActivityListener listener;

    /// <param name="tell">Gets the name of what has begun last and still runs; empty when nothing does.</param>
    public WorkListener(Action<string> tell)
    {
        var running = new List<Activity>();
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == LongWork.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => Changed(() => running.Add(activity)),
            ActivityStopped = activity => Changed(() => running.Remove(activity)),
        };
        ActivitySource.AddActivityListener(listener);

        void Changed(Action change)
        {
            string what;
            lock (running)
            {
                change();
                what = running.Count == 0 ? "" : running[^1].DisplayName;
            }
            tell(what);
        }
    }

    public void Dispose() => listener.Dispose();
}
