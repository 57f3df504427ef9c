using Workbook.Kernel;

namespace Tests.Workbook.Kernel;

public class InterruptTests
{
    [Theory]
    [InlineData("while (true) { }", 100)]
    [InlineData("System.Threading.Thread.Sleep(1000000);", 20)]
    [InlineData("await Task.Delay(1000000);", 20)]
    [InlineData("await Task.Delay(1); while (true) { }", 20)]
    [InlineData("while (true) { try { throw new Exception(); } catch { } finally { } }", 20)]
    [InlineData("again: goto again;", 5)]
    [InlineData("for (;;) ;", 5)]
    [InlineData(
        "Enumerable.Repeat(1, int.MaxValue).All(_ => { System.Threading.Thread.SpinWait(1000); return true; });",
        1
    )]
    [InlineData("while (true) { try { System.Threading.Thread.Sleep(1000); } catch { } }", 20)]
    public async Task A_running_cell_is_stopped_every_time_and_the_session_lives_on(string cell, int times)
    {
        var session = new CSharpSession(AppContext.BaseDirectory);
        session.Execute("int count = 0;", new RecordedOutput());
        for (int i = 0; i < times; i++)
        {
            var output = new RecordedOutput();
            Task<CellResult> running = Task.Run(() =>
                session.Execute($"Console.Write(\"on\"); count++; {cell}", output)
            );
            Assert.True(
                SpinWait.SpinUntil(() => output.Events.Count > 0, TimeSpan.FromSeconds(20)),
                "the cell did not start"
            );
            session.Interrupt();
            CellResult result = await running.WaitAsync(TimeSpan.FromSeconds(10));
            Assert.Equal("OperationCanceledException", result.Error!.Name);
        }
        Assert.Equal($"{times}", session.Execute("count", new RecordedOutput()).Value!["text/plain"]);
    }

    /// <summary>A cell has stopped when what it counts stands still; its answer alone proves nothing.</summary>
    [Theory]
    [InlineData("while (true) { count++; }", 100)]
    [InlineData("while (true) count++;", 100)]
    [InlineData("for (;;) { await Task.Yield(); count++; }", 100)]
    [InlineData("await Task.Delay(1); while (true) { count++; }", 100)]
    [InlineData("while (true) { count++; System.Threading.Thread.Sleep(1); }", 100)]
    [InlineData("while (true) { try { count++; System.Threading.Thread.Sleep(5); } catch { } }", 20)]
    public async Task What_an_interrupted_cell_counts_stands_still(string cell, int times)
    {
        // WORKBOOK_INTERRUPTS asks for more where a test run has no time.
        if (int.TryParse(Environment.GetEnvironmentVariable("WORKBOOK_INTERRUPTS"), out int wanted))
            times = wanted;
        var session = new CSharpSession(AppContext.BaseDirectory);
        session.Execute("long count = 0;", new RecordedOutput());
        for (int i = 0; i < times; i++)
        {
            var output = new RecordedOutput();
            Task<CellResult> running = Task.Run(() =>
                session.Execute($"count = 0; Console.Write(\"on\"); Console.Out.Flush(); {cell}", output)
            );
            Assert.True(
                SpinWait.SpinUntil(() => output.Events.Count > 0, TimeSpan.FromSeconds(20)),
                "the cell did not start"
            );
            session.Interrupt();
            Assert.Equal("OperationCanceledException", (await running.WaitAsync(TimeSpan.FromSeconds(20))).Error?.Name);
            string first = Count();
            await Task.Delay(10);
            Assert.Equal(first, Count());
        }

        string Count() => session.Execute("count", new RecordedOutput()).Value!["text/plain"];
    }

    [Fact]
    public async Task A_question_in_SQL_is_stopped()
    {
        var session = new CSharpSession(AppContext.BaseDirectory);
        Assert.Null(session.Execute("#!sql\nselect 1", new RecordedOutput()).Error);
        Task<CellResult> running = Task.Run(() =>
            session.Execute(
                "Console.Write(\"on\");\n#!sql\nselect count(*) from range(10000000000) a, range(1000) b "
                    + "where a.range % 7 = b.range",
                new RecordedOutput()
            )
        );
        await Task.Delay(1500);
        Assert.False(running.IsCompleted);
        Assert.True(session.Interrupt());
        Assert.Equal("OperationCanceledException", (await running.WaitAsync(TimeSpan.FromSeconds(10))).Error?.Name);
        Assert.Equal("2", session.Execute("1 + 1", new RecordedOutput()).Value!["text/plain"]);
    }

    [Fact]
    public void A_loop_without_braces_still_does_what_it_says()
    {
        var session = new CSharpSession(AppContext.BaseDirectory);
        CellResult result = session.Execute(
            "int n = 0; for (int i = 0; i < 3; i++) foreach (int j in new[] { 1, 2 }) if (j == 2) n += i; "
                + "else n++; do n++; while (n < 10);\nn",
            new RecordedOutput()
        );
        Assert.Equal("10", result.Value!["text/plain"]);
        Assert.Contains(
            "line 3",
            session.Execute("while (true) {\n\n throw new Exception(); }", new RecordedOutput()).Error!.Message
        );
    }

    [Fact]
    public void An_interrupt_that_comes_when_nothing_runs_changes_nothing()
    {
        var session = new CSharpSession(AppContext.BaseDirectory);
        session.Interrupt();
        Assert.Equal("2", session.Execute("1 + 1", new RecordedOutput()).Value!["text/plain"]);
    }
}
