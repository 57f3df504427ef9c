namespace Workbook.Notebooks.Execution;

/// <summary>Is told how the run of one notebook goes on; calls come one after the other.</summary>
public interface IRunWatcher
{
    /// <summary>A cell begins.</summary>
    /// <param name="index">Its number among the code cells, from 1: the number in its errors.</param>
    void Started(int index);

    /// <summary>What the library is busy with; empty when nothing is named.</summary>
    void Working(string what);

    /// <summary>A cell has ended; its outputs are in the notebook.</summary>
    void Ended(int index, TimeSpan elapsed, bool failed);
}
