using RobustInference.Numerics;

namespace Tests.RobustInference.Numerics;

public class ParallelMapTests
{
    [Theory, InlineData(null), InlineData(1)]
    public void Results_come_in_the_order_of_the_pieces(int? threads) =>
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i * i), ParallelMap.Run(1000, i => i * i, threads));

    [Fact]
    public void With_one_thread_one_piece_follows_the_other()
    {
        var order = new List<int>();
        ParallelMap.Run(
            20,
            i =>
            {
                order.Add(i);
                return i;
            },
            threads: 1
        );
        Assert.Equal(Enumerable.Range(0, 20), order);
    }

    [Fact]
    public void The_fault_is_thrown_and_not_the_cancellation_that_came_of_it()
    {
        using var stop = new CancellationTokenSource();
        Assert.Equal(
            "number 1",
            Assert
                .Throws<InvalidDataException>(() =>
                    ParallelMap.Run(
                        2,
                        i =>
                        {
                            if (i == 1)
                            {
                                stop.Cancel();
                                throw new InvalidDataException("number 1");
                            }
                            stop.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(10));
                            stop.Token.ThrowIfCancellationRequested();
                            return i;
                        },
                        threads: 2
                    )
                )
                .Message
        );
    }
}
