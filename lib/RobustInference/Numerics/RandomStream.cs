using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MathNet.Numerics.Random;
using TorchSharp;

namespace RobustInference.Numerics;

/// <summary>Independent random streams, each named by (seed, role, index): nothing in this library draws from a global
/// stream, so a result depends neither on the order of the work nor on what else runs.</summary>
public static class RandomStream
{
    /// <summary>A 64-bit seed that differs for every (seed, role, index), by SHA-256.</summary>
    public static ulong Derive(long seed, string role, long index = 0)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{role}/{index}"), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>A torch generator on the CPU. Its owner disposes it.</summary>
    public static torch.Generator Torch(long seed, string role, long index = 0) =>
        new torch.Generator(0, torch.CPU).Seeded(Derive(seed, role, index));

    /// <summary>A generator for sampling outside torch (partitions, shuffles, draws of corrupted clients).</summary>
    /// <remarks>It keeps the low 32 of the 64 bits, which is all that the generator is seeded with: among 10,000
    /// streams two are the same with a chance of about 1 %. More bits would change every recorded draw.</remarks>
    public static Random Managed(long seed, string role, long index = 0) =>
        new MersenneTwister((int)Derive(seed, role, index), threadSafe: false);

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    public static void ShuffleInplace<T>(this Random random, Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    static torch.Generator Seeded(this torch.Generator generator, ulong seed)
    {
        generator.manual_seed((long)(seed & long.MaxValue));
        return generator;
    }
}
