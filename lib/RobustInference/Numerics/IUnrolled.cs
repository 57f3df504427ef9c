namespace RobustInference.Numerics;

/// <summary>A number that is known when a loop is compiled, so that the loop is written out for it: one of
/// <see cref="Unrolled"/>.</summary>
interface IUnrolled
{
    static abstract int Count { get; }
}
