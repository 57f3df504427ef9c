using RobustInference.Evaluation;
using RobustInference.Reporting;

namespace Tests.RobustInference.Reporting;

public class TableTests
{
    static readonly Table Rules = new(
        "Accuracy in %",
        [
            "Aggregator",
            Column.OfNumbers("PGD-cw", "White box"),
            Column.OfNumbers("SIA", "White box"),
            Column.OfNumbers("Clean"),
        ],
        [
            [
                "Mean",
                Cell.OfPercent(0.482, 0.042) with
                {
                    Excluded = "51.4 ± 2.2",
                    Mark = "*",
                },
                Cell.OfPercent(0.1),
                Cell.OfPercent(0.6, 0.01),
            ],
            [
                "CWTM",
                Cell.OfPercent(0.55) with
                {
                    IsBold = true,
                },
                Cell.OfPercent(null),
                Cell.OfPercent(0.601, double.NaN),
            ],
        ],
        ["* more than two published standard deviations apart"]
    );

    [Fact]
    public void A_percentage_is_rounded_as_its_digits_say()
    {
        // The products are 65.149999999999991 and 28.999999999999996.
        Assert.Equal(
            ["65.2", "29.0", "65.2 ± 0.1"],
            new[] { Cell.OfPercent(0.6515), Cell.OfPercent(0.29), Cell.OfPercent(0.6515, 0.0005) }.Select(cell =>
                cell.Text
            )
        );
        Assert.Equal("+65.2 [+0.1, +0.2]", new Interval(0.6515, 0.0005, 0.0015).InPoints());
    }

    [Fact]
    public void Text_stands_in_columns()
    {
        const string expected = """
            Accuracy in %

                                  White box
                        ------------------------------
            Aggregator                    PGD-cw   SIA       Clean
            ----------  ------------------------  ----  ----------
            Mean        48.2 ± 4.2 (51.4 ± 2.2)*  10.0  60.0 ± 1.0
            CWTM              55.0                   –        60.1

            * more than two published standard deviations apart

            """;
        Assert.Equal(expected, Rules.ToText());
    }

    [Fact]
    public void Where_the_lines_are_too_long_the_published_value_stands_under_ours()
    {
        const string expected = """
            Accuracy in %

                             White box
                        -------------------
            Aggregator         PGD-cw   SIA       Clean
            ----------  -------------  ----  ----------
            Mean         48.2 ± 4.2 *  10.0  60.0 ± 1.0
                        (51.4 ± 2.2)
            CWTM               55.0       –        60.1

            * more than two published standard deviations
            apart

            """;
        Assert.Equal(expected, Rules.ToText(width: 50));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    public void A_table_that_is_too_wide_is_split_and_no_line_is_longer(int width)
    {
        var table = new Table(
            "Rules under twenty attacks with names that are long enough to be wider than a terminal of eighty columns",
            ["Aggregator", .. Enumerable.Range(0, 20).Select(i => Column.OfNumbers($"Attack {i}"))],
            [
                .. new[] { "Mean", "DeepSet-TM" }.Select(rule =>
                    (IReadOnlyList<Cell>)[rule, .. Enumerable.Range(0, 20).Select(i => Cell.OfPercent(0.5 + 0.01 * i))]
                ),
            ],
            ["A note that is longer than forty columns, and so is broken between words, never inside one of them."]
        );
        string text = table.ToText(width);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, width));
        // Every number is there once and whole, beside the name of its rule in every part.
        for (int i = 0; i < 20; i++)
            Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(text, $@"(?<!\S){50 + i}\.0(?!\S)"));
        Assert.Equal(
            text.Split('\n').Count(line => line.StartsWith("Aggregator")),
            text.Split('\n').Count(line => line.StartsWith("Mean"))
        );
        Assert.Single(text.Split('\n'), line => line.StartsWith("A note"));
    }

    [Fact]
    public void Bold_is_an_escape_around_the_value_alone() =>
        Assert.Contains("\e[1m55.0\e[0m", Rules.ToText(bold: true));

    [Fact]
    public void Wide_characters_take_two_columns_and_combining_ones_none()
    {
        var table = new Table(
            "",
            ["word", Column.OfNumbers("n")],
            [
                ["平均", Cell.Of(1)],
                ["ψ̂", Cell.Of(10)],
            ]
        );
        string[] lines = table.ToText().TrimEnd().Split('\n');
        Assert.Equal("平均   1", lines[2]);
        Assert.Equal("ψ̂     10", lines[3]);
    }

    [Fact]
    public void Markup_in_a_cell_is_text()
    {
        var table = new Table(
            "<script>",
            ["a & b"],
            [
                ["<b>\"x\"</b>"],
            ],
            ["1 < 2"]
        );
        string html = table.ToHtml();
        Assert.Contains("<caption>&lt;script&gt;</caption>", html);
        Assert.Contains("a &amp; b", html);
        Assert.Contains("<td>&lt;b&gt;&quot;x&quot;&lt;/b&gt;</td>", html);
        Assert.Contains("1 &lt; 2", html);
        Assert.DoesNotContain("<script", html);
    }

    [Fact]
    public void Html_has_a_cell_for_every_value()
    {
        string html = Rules.ToHtml();
        Assert.Contains("<th colspan=\"2\" scope=\"colgroup\">White box</th>", html);
        Assert.Contains("<td class=\"r\">48.2 ± 4.2<span class=\"m\">*</span><small>(51.4 ± 2.2)</small></td>", html);
        Assert.Contains("<td class=\"r\"><b>55.0</b></td>", html);
    }

    [Fact]
    public void Csv_quotes_what_needs_it_and_gives_numbers_in_full()
    {
        var table = new Table(
            "Title",
            ["name, first", Column.OfNumbers("x"), Column.OfNumbers("y", "G")],
            [
                ["say \"no\"", Cell.Of(1.0 / 3, "0.0"), Cell.Missing],
                ["plain", Cell.OfPercent(0.5), Cell.OfPercent(0.5, 0.1) with { Mark = "*" }],
            ]
        );
        Assert.Equal(
            "\"name, first\",x,G: y\r\n\"say \"\"no\"\"\",0.3333333333333333,\r\nplain,0.5,50.0 ± 10.0*\r\n",
            table.ToCsv()
        );
    }

    [Fact]
    public void Markdown_is_a_pipe_table()
    {
        const string expected = """
            **Accuracy in %**

            | Aggregator | White box: PGD-cw | White box: SIA | Clean |
            | --- | ---: | ---: | ---: |
            | Mean | 48.2 ± 4.2 (51.4 ± 2.2)\* | 10.0 | 60.0 ± 1.0 |
            | CWTM | **55.0** | – | 60.1 |

            \* more than two published standard deviations apart

            """;
        Assert.Equal(expected, Rules.ToMarkdown());
    }

    [Fact]
    public void A_cell_without_a_number_is_a_dash()
    {
        Assert.Equal(
            ["–", "–", "–", "–"],
            new[] { Cell.Of((double?)null), Cell.Of(double.NaN), Cell.OfPercent(null, 0.1), Cell.Of("") }.Select(cell =>
                cell.Text
            )
        );
    }

    [Fact]
    public void A_row_of_another_length_is_refused()
    {
        var thrown = Assert.Throws<ArgumentException>(() =>
            new Table(
                "",
                ["a", "b"],
                [
                    ["1", "2"],
                    ["1"],
                ]
            )
        );
        Assert.Contains("row 1 has 1 cells", thrown.Message);
    }
}
