namespace RobustInference.Numerics;

/// <summary>A vector of floats of one processor's width, for loops that are written once for all widths. Each lane
/// sees the same operations in the same order whatever the width, so results are equal to the last bit.</summary>
/// <typeparam name="TSelf">The vector itself.</typeparam>
public unsafe interface IFloatLanes<TSelf>
    where TSelf : struct, IFloatLanes<TSelf>
{
    /// <summary>Whether the processor has such vectors.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Floats in a vector.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(float* from);
    void Store(float* to);

    /// <summary>The same number in every lane.</summary>
    static abstract TSelf All(float value);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    static abstract TSelf Min(TSelf a, TSelf b);
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The nearest whole number; of two, the even one.</summary>
    static abstract TSelf Round(TSelf x);

    /// <summary>2 to the n; n whole, −126…127.</summary>
    static abstract TSelf PowerOfTwo(TSelf n);

    /// <summary>A mask: all bits set where a &gt; b, none elsewhere.</summary>
    static abstract TSelf Greater(TSelf a, TSelf b);

    /// <summary>A mask: all bits set where a = b, none elsewhere.</summary>
    static abstract TSelf Equal(TSelf a, TSelf b);

    /// <summary>a where the mask is set, b elsewhere.</summary>
    static abstract TSelf Select(TSelf mask, TSelf a, TSelf b);

    /// <summary>One bit a lane, the first lane lowest: whether the mask is set.</summary>
    static abstract ulong Bits(TSelf mask);
}
