using Microsoft.Data.Analysis;
using RobustInference.Reporting;

namespace Tests.RobustInference.Reporting;

public class ResultTableTests
{
    static DataFrame Rows(
        params (
            string Dataset,
            string Aggregator,
            string Attack,
            double Accuracy,
            double? Std,
            double? Published,
            double? PublishedStd
        )[] rows
    ) =>
        new(
            new StringDataFrameColumn("dataset", rows.Select(row => row.Dataset)),
            new StringDataFrameColumn("aggregator", rows.Select(row => row.Aggregator)),
            new StringDataFrameColumn("attack", rows.Select(row => row.Attack)),
            new DoubleDataFrameColumn("accuracy", rows.Select(row => row.Accuracy)),
            new DoubleDataFrameColumn("std", rows.Select(row => row.Std)),
            new DoubleDataFrameColumn("published", rows.Select(row => row.Published)),
            new DoubleDataFrameColumn("published_std", rows.Select(row => row.PublishedStd))
        );

    static readonly DataFrame Two = Rows(
        ("a", "Mean", "SIA", 0.482, 0.042, 0.514, 0.022),
        ("a", "CWTM", "SIA", 0.553, 0.01, 0.509, 0.0219),
        ("a", "Mean", "Clean", 0.6, null, null, null),
        ("b", "CWTM", "SIA", 0.7, 0.02, 0.714, null)
    );

    [Fact]
    public void Rows_and_columns_stand_in_the_order_that_was_asked_for()
    {
        const string expected = """
            Accuracy

            Dataset  Aggregator  Clean                       SIA
            -------  ----------  -----  ------------------------
            a        CWTM            –  55.3 ± 1.0 (50.9 ± 2.2)*
                     Mean         60.0  48.2 ± 4.2 (51.4 ± 2.2)
            b        CWTM            –  70.0 ± 2.0       (71.4)
                     Mean            –           –

            Accuracy in %, mean ± standard deviation over seeds; in parentheses as published.
            * More than two published standard deviations from the published mean.

            """;
        Assert.Equal(
            expected,
            ResultTable
                .Pivot(Two, "Accuracy", ["CWTM", "Mean"], ["Clean", "SIA"], groupKey: "dataset", groupOrder: ["a", "b"])
                .ToText()
        );
    }

    [Fact]
    public void Exactly_two_deviations_are_not_marked_and_more_are()
    {
        var at = ResultTable.Pivot(Rows(("a", "x", "SIA", 0.470, 0, 0.514, 0.022)), "", ["x"], ["SIA"]);
        var over = ResultTable.Pivot(Rows(("a", "x", "SIA", 0.4699, 0, 0.514, 0.022)), "", ["x"], ["SIA"]);
        Assert.Equal(["", "*"], new[] { at, over }.Select(table => table.Rows[0][1].Mark));
    }

    [Fact]
    public void The_best_of_a_column_is_bold_and_what_looks_equal_is_so_too()
    {
        var table = ResultTable.Pivot(
            Rows(
                ("a", "x", "SIA", 0.5001, 0, null, null),
                ("a", "y", "SIA", 0.5003, 0, null, null),
                ("a", "z", "SIA", 0.4, 0, null, null)
            ),
            "",
            ["x", "y", "z"],
            ["SIA"]
        );
        Assert.Equal([true, true, false], table.Rows.Select(row => row[1].IsBold));
    }

    [Fact]
    public void A_number_may_name_the_columns()
    {
        var rows = Two.Clone();
        rows.Columns.Add(new DoubleDataFrameColumn("alpha", [0.3, 0.3, 0.5, 0.5]));
        var table = ResultTable.Pivot(rows, "", ["CWTM", "Mean"], ["0.3", "0.5"], columnKey: "alpha");
        Assert.Equal(["70.0 ± 2.0", "60.0"], table.Rows.Select(row => row[2].Text));
    }

    [Fact]
    public void Two_results_for_one_cell_are_refused()
    {
        var thrown = Assert.Throws<ArgumentException>(() => ResultTable.Pivot(Two, "", ["CWTM"], ["SIA"]));
        Assert.Contains("2 results for CWTM, SIA", thrown.Message);
    }

    [Fact]
    public void No_results_at_all_are_dashes()
    {
        var table = ResultTable.Pivot(Rows(), "", ["Mean"], ["SIA"]);
        Assert.Equal("–", table.Rows[0][1].Text);
    }

    [Fact]
    public void A_key_that_is_not_there_is_named() =>
        Assert.Contains(
            "'client'",
            Assert.Throws<ArgumentException>(() => ResultTable.Pivot(Two, "", ["1"], ["SIA"], rowKey: "client")).Message
        );
}
