using RobustInference.Training;

namespace Workbook.Commands;

/// <summary>Hands on what training tells after a pass, at once and on the same thread.</summary>
sealed class PassWatcher(Action<PassProgress> onPass) : IProgress<PassProgress>
{
    public void Report(PassProgress value) => onPass(value);
}
