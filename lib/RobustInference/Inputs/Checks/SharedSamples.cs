using System.Runtime.InteropServices;
using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Inputs.Checks;

/// <summary>Test samples that are also in the validation part flatter what is trained on it.</summary>
public sealed class SharedSamples : IInputCheck
{
    public string Name => "shared samples";

    public IEnumerable<Finding> Examine(InputEnsemble input)
    {
        // Votes are alike often enough without being of one sample.
        if (input.HasVotes || input.Archive.Validation is not { } validation)
            yield break;
        var known = Hashes(validation).ToHashSet();
        int shared = Hashes(input.Archive.Test).Count(known.Contains);
        if (shared > 0)
            yield return new(
                Name,
                "test samples",
                $"{shared:N0} of {input.Archive.Test.Samples:N0} are also in the validation part",
                "take them out of one of the two"
            );
    }

    static IEnumerable<ulong> Hashes(ProbitSet set)
    {
        using var probits = set.Probits.contiguous();
        var hashes = new ulong[set.Samples];
        var values = MemoryMarshal.Cast<float, uint>(probits.Floats());
        int width = set.Clients * set.Classes;
        for (int s = 0; s < hashes.Length; s++)
        {
            ulong hash = 0;
            foreach (uint bits in values.Slice(s * width, width))
                hash = (hash ^ bits) * 0x9E3779B97F4A7C15 ^ hash >> 29;
            hashes[s] = hash;
        }
        return hashes;
    }
}
