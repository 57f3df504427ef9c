using RobustInference.Numerics;

namespace RobustInference.Inputs.Checks;

/// <summary>Two clients with the same answers everywhere are one client with two votes.</summary>
public sealed class CopiedClient : IInputCheck
{
    public string Name => "copied client";

    public IEnumerable<Finding> Examine(InputEnsemble input)
    {
        var test = input.Archive.Test;
        using var probits = test.Probits.contiguous();
        var hashes = new ulong[test.Clients];
        var values = probits.Floats();
        for (int at = 0, row = 0; at < values.Length; at += test.Classes, row++)
        {
            ulong hash = hashes[row % test.Clients];
            foreach (float value in values.Slice(at, test.Classes))
                hash = (hash ^ BitConverter.SingleToUInt32Bits(value)) * 0x9E3779B97F4A7C15 ^ hash >> 29;
            hashes[row % test.Clients] = hash;
        }
        return
        [
            .. hashes
                .Select((hash, client) => (hash, client))
                .GroupBy(entry => entry.hash)
                .Where(same => same.Count() > 1)
                .Select(same => new Finding(
                    Name,
                    $"clients {string.Join(" and ", same.Select(entry => input.Names.ClientWithNumber(entry.client)))}",
                    "give the same answers to every test sample",
                    "keep one: copies let one liar count twice"
                )),
        ];
    }
}
