using RobustInference.Numerics;

namespace Tests.RobustInference.Numerics;

/// <summary>By the 0-1 principle a network that is right for every input of zeros and ones is right for every input. 64
/// inputs run side by side in a word.</summary>
public class SortingNetworkTests
{
    const int MostRows = 17;

    public static TheoryData<int> RowCounts => [.. Enumerable.Range(1, MostRows)];

    [Theory, MemberData(nameof(RowCounts))]
    public void A_full_network_sorts_every_input(int rows) =>
        EveryInput(
            SortingNetwork.Full(rows),
            (places, _) =>
            {
                for (int i = 0; i + 1 < rows; i++)
                    Assert.Equal(0UL, places[i] & ~places[i + 1]);
            }
        );

    [Theory, MemberData(nameof(RowCounts))]
    public void A_range_network_parts_every_input_in_values_below_in_and_above(int rows)
    {
        for (int from = 0; from < rows; from++)
        for (int to = from + 1; to <= rows; to++)
        {
            var network = SortingNetwork.Range(rows, from, to);
            Assert.True(network.Exchanges.Length <= SortingNetwork.Full(rows).Exchanges.Length);
            int[] borders = [from, to];
            EveryInput(
                network,
                (places, label) =>
                {
                    foreach (int border in borders)
                    {
                        ulong someOneBelow = 0,
                            someZeroAbove = 0;
                        for (int i = 0; i < border; i++)
                            someOneBelow |= places[i];
                        for (int i = border; i < rows; i++)
                            someZeroAbove |= ~places[i];
                        Assert.True(
                            (someOneBelow & someZeroAbove) == 0,
                            $"n = {rows}, order statistics {borders[0]}…{borders[1] - 1}, {label}"
                        );
                    }
                }
            );
        }
    }

    [Fact]
    public void A_range_leaves_exchanges_out()
    {
        // Two values of 17 dropped on each side leave a thirteen-value group whose inner order nobody reads.
        Assert.True(SortingNetwork.Range(17, 2, 15).Exchanges.Length < SortingNetwork.Full(17).Exchanges.Length);
        Assert.Empty(SortingNetwork.Range(9, 0, 9).Exchanges);
    }

    /// <summary>Runs every assignment of zeros and ones through <paramref name="network"/>: bit j of place i is what
    /// input j holds there.</summary>
    static void EveryInput(SortingNetwork network, Action<ulong[], string> check)
    {
        int rows = network.Rows;
        for (int block = 0; block < Math.Max(1, 1 << rows >> 6); block++)
        {
            var places = new ulong[rows];
            for (int bit = 0; bit < 64; bit++)
            for (int i = 0; i < rows; i++)
                places[i] |= (ulong)((block << 6 | bit) >> i & 1) << bit;
            foreach (var (low, high) in network.Exchanges)
                (places[low], places[high]) = (places[low] & places[high], places[low] | places[high]);
            check(places, $"inputs {block << 6}…");
        }
    }
}
