using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace RobustInference.Numerics;

/// <summary>Independent pieces of work on as many threads as there are processors.</summary>
public static class ParallelMap
{
    /// <summary>The results in order. Whichever thread is free takes the next piece, so that long pieces belong first.
    /// The first fault stops what has not begun and is thrown as it is.</summary>
    /// <param name="count">How many pieces there are.</param>
    /// <param name="work">The piece of that number.</param>
    /// <param name="threads">At most so many; default: as many as there are processors.</param>
    public static T[] Run<T>(int count, Func<int, T> work, int? threads = null)
    {
        var results = new T[count];
        try
        {
            Parallel.ForEach(
                Partitioner.Create(Enumerable.Range(0, count), EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount },
                i => results[i] = work(i)
            );
        }
        catch (AggregateException e)
        {
            // Work that was cancelled because other work failed is not the reason.
            var faults = e.Flatten().InnerExceptions;
            ExceptionDispatchInfo.Throw(
                faults.FirstOrDefault(fault => fault is not OperationCanceledException) ?? faults[0]
            );
        }
        return results;
    }
}
