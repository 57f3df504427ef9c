namespace RobustInference.Numerics;

/// <summary>The numbers 1 to 4 as types.</summary>
static class Unrolled
{
    public readonly struct One : IUnrolled
    {
        public static int Count => 1;
    }

    public readonly struct Two : IUnrolled
    {
        public static int Count => 2;
    }

    public readonly struct Three : IUnrolled
    {
        public static int Count => 3;
    }

    public readonly struct Four : IUnrolled
    {
        public static int Count => 4;
    }
}
