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
