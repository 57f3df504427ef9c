namespace RobustInference.Numerics;

/// <summary>Independent pieces of work on as many threads as there are processors.</summary>
public static class ParallelMap
{
    /// <summary>The results in order. The first fault stops what has not begun and is thrown as it is.</summary>
    public static T[] Run<T>(int count, Func<int, T> work)
    {
        var results = new T[count];
        try
        {
            Parallel.For(
                0,
                count,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                i => results[i] = work(i)
            );
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        return results;
    }
}
