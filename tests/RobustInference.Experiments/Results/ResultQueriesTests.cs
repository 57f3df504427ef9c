using Microsoft.Data.Analysis;
using RobustInference.Results;

namespace Tests.RobustInference.Results;

public sealed class ResultQueriesTests : IDisposable
{
    readonly TinyEnsembles tiny = new();

    public void Dispose() => tiny.Dispose();

    RecordedResults Recorded(params long[] seeds)
    {
        tiny.NewRunner().Run(TinyEnsembles.Grid(seeds).Cells());
        return RecordedResults.Open(tiny.NewStore());
    }

    [Fact]
    public void Rows_are_tidy_and_take_SQL()
    {
        using var results = Recorded(0, 1);
        var rows = results.Rows();
        Assert.Equal(24, rows.Rows.Count);
        Assert.Equal(
            [
                "dataset",
                "alpha",
                "clients",
                "model",
                "seed",
                "recipe",
                "corrupted",
                "draw",
                "corrupted_clients",
                "aggregator",
                "aggregator_settings",
                "attack",
                "attack_settings",
                "accuracy",
                "samples",
                "outcomes",
                "input_name",
                "input",
                "results_version",
                "seconds",
                "preparation_seconds",
                "key",
            ],
            rows.Columns.Select(column => column.Name)
        );
        var averages = results.Query(
            "select aggregator, avg(accuracy) as accuracy, count(*) as cells from results where attack = "
                + "'SIA' group by 1 order by 1"
        );
        Assert.Equal(["CWTM", "DeepSet-TM", "Mean"], averages.Columns["aggregator"].Cast<string>());
        Assert.Equal(
            results
                .Cells.Where(cell => cell.Cell.Attack.Name == "SIA" && cell.Cell.Aggregator.Name == "Mean")
                .Average(cell => cell.Accuracy),
            (double)averages["accuracy"][2],
            12
        );
        Assert.Equal(2L, averages["cells"][0]);
        Assert.Equal(
            5L,
            results.Query(
                "select (attack_settings->>'steps')::INTEGER as steps from results where attack = 'PGD-cw' limit 1"
            )["steps"][0]
        );
    }

    [Fact]
    public void Who_answered_is_a_column_where_it_is_not_the_usual_kind()
    {
        tiny.Write(0, model: "bag");
        tiny.NewRunner().Run([.. TinyEnsembles.Grid(0).Cells(), .. TinyEnsembles.Grid(0).AnsweredBy("bag").Cells()]);
        using var results = RecordedResults.Open(tiny.NewStore());
        var models = results.Query(
            "select model, input_name, count(*) as cells from results group by all order by all"
        );
        Assert.Equal(["bag", null], models.Columns["model"].Cast<string?>());
        Assert.Equal(["tiny-bag-a0.5-n5-s0.npz", "tiny-a0.5-n5-s0.npz"], models.Columns["input_name"].Cast<string>());
        Assert.Equal([12L, 12L], models.Columns["cells"].Cast<long>());
    }

    [Fact]
    public void Without_results_there_are_no_rows_but_the_same_columns()
    {
        using var results = RecordedResults.Open(tiny.NewStore());
        using var some = Recorded(0);
        Assert.Equal(
            some.Rows().Columns.Select(column => (column.Name, column.DataType)),
            results.Rows().Columns.Select(column => (column.Name, column.DataType))
        );
        Assert.Equal(0, results.Rows().Rows.Count);
        Assert.Equal(0L, results.Query("select count(*) as n from results")["n"][0]);
    }

    [Theory]
    [
        InlineData("select * from read_csv('/etc/hostname')"),
        InlineData("copy results to '/tmp/x.csv'"),
        InlineData("set enable_external_access = true"),
        InlineData("install httpfs"),
        InlineData("select nonsense from results")
    ]
    public void A_query_reaches_nothing_but_results(string sql)
    {
        using var results = RecordedResults.Open(tiny.NewStore());
        Assert.Throws<ArgumentException>(() => results.Query(sql));
    }

    [Fact]
    public void A_folder_may_have_any_name()
    {
        string folder = tiny.File("it's [a] *folder?");
        Recorded(0).Dispose();
        Directory.Move(tiny.Store, folder);
        using var results = RecordedResults.Open(new ResultStore(folder));
        Assert.Equal(12, results.Rows().Rows.Count);
    }

    [Theory, InlineData("all.parquet"), InlineData("all.csv")]
    public void Collected_files_of_two_runs_are_the_same_byte_for_byte(string name)
    {
        using var other = new TinyEnsembles();
        // In another order and in two parts.
        other.NewRunner().Run([.. TinyEnsembles.Grid(1).Cells().Reverse()]);
        other.NewRunner().Run(TinyEnsembles.Grid(0, 1).Cells());
        using (var quick = RecordedResults.Open(other.NewStore()))
            foreach (var cell in quick.Cells)
                other.NewStore().Put(cell with { Seconds = cell.Seconds + 1 });
        using var first = Recorded(0, 1);
        using var second = RecordedResults.Open(other.NewStore());
        Assert.NotEqual(first.Cells.Select(cell => cell.Seconds), second.Cells.Select(cell => cell.Seconds));
        first.Collect(tiny.File(name));
        second.Collect(other.File(name));
        Assert.Equal(File.ReadAllBytes(tiny.File(name)), File.ReadAllBytes(other.File(name)));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(tiny.File(name))!, "*.tmp"));
    }

    [Fact]
    public void Collecting_into_another_kind_of_file_or_nowhere_is_refused()
    {
        using var results = RecordedResults.Open(tiny.NewStore());
        Assert.Contains(
            ".parquet",
            Assert.Throws<ArgumentException>(() => results.Collect(tiny.File("all.xlsx"))).Message
        );
        Assert.ThrowsAny<IOException>(() => results.Collect("/proc/nowhere/all.csv"));
    }

    [Fact]
    public void Columns_have_the_types_of_their_values()
    {
        using var results = RecordedResults.Open(tiny.NewStore());
        var frame = results.Query(
            "select 1 as whole, 1.5::DECIMAL(4,2) as number, true as truth, 'x' as text, sum(1) as total, "
                + "1e30::DECIMAL(38,0)::HUGEINT as huge, null as nothing, date '2020-01-02' as date"
        );
        Assert.Equal(
            [typeof(long), typeof(double), typeof(bool), typeof(string), typeof(long), typeof(double)],
            frame.Columns.Take(6).Select(column => column.DataType)
        );
        Assert.Equal("01/02/2020", frame["date"][0]);
        Assert.IsType<StringDataFrameColumn>(frame.Columns["text"]);
    }
}
