using Workbook.Kernel;

namespace Tests.Workbook.Kernel;

public class InterruptTests
{
    /// <summary>A cell has stopped when what it counts stands still; its answer alone proves nothing.</summary>
    [Theory]
    [InlineData("braced", "while (true) { count++; }")]
    [InlineData("unbraced", "while (true) count++;")]
    [InlineData("for", "for (;; count++) ;")]
    [InlineData("do", "do count++; while (true);")]
    [InlineData("goto", "again: count++; goto again;")]
    [InlineData("recursion", "void Down(int n) { count++; if (n > 0) { Down(n - 1); Down(n - 1); } } Down(60);")]
    [InlineData("recursion, an arrow", "long Up(int n) => n > 0 ? Up(n - 1) + Up(n - 1) : count++; Up(60);")]
    [InlineData("awaiting", "for (;;) { await Task.Yield(); count++; }")]
    [InlineData("after an await", "await Task.Delay(1); while (true) { count++; }")]
    [InlineData("elsewhere", "await Task.Delay(1).ConfigureAwait(false); while (true) { count++; }")]
    [InlineData("sleeping", "while (true) { count++; System.Threading.Thread.Sleep(1); }")]
    [InlineData("asleep", "count++; System.Threading.Thread.Sleep(1000000);")]
    [InlineData("waiting", "count++; await Task.Delay(1000000);")]
    [InlineData("catching", "while (true) { try { count++; System.Threading.Thread.Sleep(5); } catch { } }")]
    [InlineData("throwing", "while (true) { try { count++; throw new Exception(); } catch { } finally { } }")]
    [InlineData("in a library", "Enumerable.Repeat(1, int.MaxValue).All(x => count++ >= 0);")]
    [InlineData("in a library, a chain", "Enumerable.Range(0, int.MaxValue).Select(x => count++).Sum(x => x % 2);")]
    [InlineData("in a library, nothing", "Array.ForEach(new byte[400_000_000], _ => count++); while (true) ;")]
    [InlineData("in parallel", "Parallel.For(0, long.MaxValue, i => { count++; });")]
    public async Task What_an_interrupted_cell_counts_stands_still(string kind, string cell)
    {
        // WORKBOOK_INTERRUPTS=100 asks for more, where there is time.
        int times = int.TryParse(Environment.GetEnvironmentVariable("WORKBOOK_INTERRUPTS"), out int wanted)
            ? wanted
            : 10;
        var session = new CSharpSession(AppContext.BaseDirectory);
        session.Execute("long count = 0;", new RecordedOutput());
        int stopped = 0;
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
            CellResult result = await running.WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal("OperationCanceledException", result.Error?.Name);
            string first = Count();
            await Task.Delay(10);
            if (first == Count())
                stopped++;
        }
        TestContext.Current.SendDiagnosticMessage($"{kind}: {stopped} of {times} stood still");
        Assert.Equal(times, stopped);

        string Count() => session.Execute("count", new RecordedOutput()).Value!["text/plain"];
    }

    [Fact]
    public async Task A_training_of_the_library_stops_though_nobody_gave_it_a_token()
    {
        var session = new CSharpSession(AppContext.BaseDirectory);
        string ensemble = Path.Combine(Outside.Root, "data", "probits", "cifar10-a0.5-s0.npz");
        var output = new RecordedOutput();
        Task<CellResult> running = Task.Run(() =>
            session.Execute(
                "#r \"RobustInference.dll\"\n#r \"TorchSharp.dll\"\nusing RobustInference.Probits;\n"
                    + "using RobustInference.Training;\n"
                    + $"var archive = ProbitArchive.Read(@\"{ensemble}\");\nConsole.Write(\"on\"); "
                    + "Console.Out.Flush();\n"
                    + "new AdversarialTraining(new DeepSetRecipe(Corrupted: 4, Passes: 100000)).Train("
                    + "archive.Validation);",
                output
            )
        );
        Assert.True(SpinWait.SpinUntil(() => output.Events.Count > 0 || running.IsCompleted, TimeSpan.FromSeconds(60)));
        await Task.Delay(1000);
        Assert.False(running.IsCompleted, running.IsCompleted ? (await running).Error?.Message : "");
        session.Interrupt();
        Assert.Equal("OperationCanceledException", (await running.WaitAsync(TimeSpan.FromSeconds(20))).Error?.Name);
        Assert.Equal("3", session.Execute("1 + 2", new RecordedOutput()).Value!["text/plain"]);
    }

    [Fact]
    public async Task A_timer_that_an_interrupted_cell_left_behind_does_not_end_the_process()
    {
        var session = new CSharpSession(AppContext.BaseDirectory);
        session.Execute("int ticks = 0;", new RecordedOutput());
        var output = new RecordedOutput();
        Task<CellResult> running = Task.Run(() =>
            session.Execute(
                "var clock = new System.Threading.Timer(_ => ticks++, null, 0, 5); Console.Write(\"on\"); "
                    + "Console.Out.Flush(); while (true) { }",
                output
            )
        );
        Assert.True(SpinWait.SpinUntil(() => output.Events.Count > 0, TimeSpan.FromSeconds(20)));
        session.Interrupt();
        Assert.NotNull((await running.WaitAsync(TimeSpan.FromSeconds(20))).Error);
        await Task.Delay(100);
        Assert.NotEqual("0", session.Execute("ticks", new RecordedOutput()).Value!["text/plain"]);
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

    /// <summary>What is put into functions changes neither their values nor what they are.</summary>
    [Theory]
    [InlineData("System.Linq.Expressions.Expression<Func<int, int>> e = x => x + 1;\ne.ToString()", "x => (x + 1)")]
    [InlineData("Func<int, Func<int, int>> add = x => y => x + y;\nadd(1)(2)", "3")]
    [InlineData("int n = 0; Action up = () => n++; up(); up();\nn", "2")]
    [InlineData("Func<Task> wait = async () => await Task.Delay(1); await wait();\n1", "1")]
    [InlineData("Func<Task<int>> three = async () => await Task.FromResult(3);\nawait three()", "3")]
    [InlineData("async Task<int> Four() => await Task.FromResult(4);\nawait Four()", "4")]
    [InlineData("int n = 0; async Task Up() => await Task.Run(() => n++); await Up();\nn", "1")]
    [InlineData("Func<int> no = () => throw new Exception(); void Say() => Console.Write(\"\");\nSay(); 1", "1")]
    [InlineData("int[] all = { 1, 2 }; ref int First() => ref all[0]; First() = 5;\nall[0]", "5")]
    [InlineData("Func<int[]> list = () => [1, 2];\nlist().Length", "2")]
    [InlineData(
        "class Two { public int Value() => 2; public int Next => 3; }\nnew Two().Value() + new Two().Next",
        "5"
    )]
    [InlineData("new[] { 3, 1, 2 }.OrderBy(x => x).Select((x, i) => x * i).Sum(x => x)", "8")]
    public void Functions_still_do_what_they_say(string cell, string value)
    {
        CellResult result = new CSharpSession(AppContext.BaseDirectory).Execute(cell, new RecordedOutput());
        Assert.Null(result.Error);
        Assert.Equal(value, result.Value!["text/plain"]);
    }

    [Fact]
    public void An_interrupt_that_comes_when_nothing_runs_changes_nothing()
    {
        var session = new CSharpSession(AppContext.BaseDirectory);
        session.Interrupt();
        Assert.Equal("2", session.Execute("1 + 1", new RecordedOutput()).Value!["text/plain"]);
    }
}
