using System.Runtime.InteropServices;

namespace RobustInference.Numerics;

/// <summary>Floats outside the managed heap, zero at first, that begin at a line of the cache: a vector never lies
/// across two.</summary>
public sealed unsafe class AlignedFloats : SafeHandle
{
    const int Line = 64;

    /// <param name="length">How many.</param>
    public AlignedFloats(int length)
        : base(0, ownsHandle: true)
    {
        Length = Argument.AtLeast(length, 0);
        nuint bytes = (nuint)length * sizeof(float) + Line;
        void* memory = NativeMemory.AlignedAlloc(bytes, Line);
        NativeMemory.Clear(memory, bytes);
        SetHandle((nint)memory);
    }

    /// <summary>Numbers.</summary>
    public int Length { get; }

    public override bool IsInvalid => handle == 0;

    /// <summary>The first; they live as long as this object is not disposed of.</summary>
    public float* First => (float*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
