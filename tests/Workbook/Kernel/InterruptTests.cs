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
    [InlineData("while (true) { try { System.Threading.Thread.Sleep(1000); } catch { } }", 20)]
    public async Task A_running_cell_is_stopped_every_time_and_the_session_lives_on(string cell, int times)
    {
        var session = new CSharpSession(AppContext.BaseDirectory);
        session.Execute("int count = 0;", new RecordedOutput());
        for (int i = 0; i < times; i++)
        {
            var output = new RecordedOutput();
            Task<CellResult> running = Task.Run(() => session.Execute($"Console.Write(\"on\"); count++; {cell}", output));
            Assert.True(SpinWait.SpinUntil(() => output.Events.Count > 0, TimeSpan.FromSeconds(20)), "the cell did not start");
            session.Interrupt();
            CellResult result = await running.WaitAsync(TimeSpan.FromSeconds(10));
            Assert.Equal("OperationCanceledException", result.Error!.Name);
        }
        Assert.Equal($"{times}", session.Execute("count", new RecordedOutput()).Value!["text/plain"]);
    }

    [Fact]
    public void An_interrupt_that_comes_when_nothing_runs_changes_nothing()
    {
        var session = new CSharpSession(AppContext.BaseDirectory);
        session.Interrupt();
        Assert.Equal("2", session.Execute("1 + 1", new RecordedOutput()).Value!["text/plain"]);
    }
}
