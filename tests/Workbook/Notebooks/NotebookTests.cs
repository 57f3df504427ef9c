using Workbook.Notebooks;

namespace Tests.Workbook.Notebooks;

public class NotebookTests
{
    const string Written = """
        {
         "cells": [
          {
           "cell_type": "markdown",
           "id": "a1",
           "metadata": {
            "mine": [
             1,
             null
            ]
           },
           "source": [
            "# Tïtle <1>\n",
            "text"
           ]
          },
          {
           "cell_type": "code",
           "execution_count": 3,
           "id": "a2",
           "metadata": {
            "polyglot_notebook": {
             "kernelName": "html"
            },
            "tags": [
             "raises-exception"
            ]
           },
           "outputs": [],
           "source": "<b>x</b>"
          }
         ],
         "metadata": {
          "unknown": 1.50
         },
         "nbformat": 4,
         "nbformat_minor": 5
        }

        """;

    [Fact]
    public void What_was_read_is_written_again_to_the_letter() =>
        Assert.Equal(Written, Notebook.Parse(Written, "n").ToJson());

    [Fact]
    public void Cells_are_read_in_either_form_of_text()
    {
        Notebook notebook = Notebook.Parse(Written, "n");
        Assert.Equal("# Tïtle <1>\ntext", notebook.Cells[0].Source);
        Assert.Equal("Tïtle <1>", notebook.Title);
        Assert.Equal(CellKind.Code, notebook.Cells[1].Kind);
        Assert.Equal(["raises-exception"], notebook.Cells[1].Tags);
        Assert.Equal("#!html\n<b>x</b>", notebook.Cells[1].Code);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("[", "not JSON")]
    [InlineData("[]", "not a notebook: the file holds no JSON object")]
    [InlineData("{}", "nbformat is missing")]
    [InlineData("""{"nbformat": 3, "cells": []}""", "nbformat is 3")]
    [InlineData("""{"nbformat": "4", "cells": []}""", "nbformat is \"4\"")]
    [InlineData("""{"nbformat": 4}""", "no cells")]
    [InlineData("""{"nbformat": 4, "cells": {}}""", "cells is an object; it must be a list")]
    [InlineData("""{"nbformat": 4, "cells": [], "cells": []}""", "the name 'cells' stands twice")]
    [InlineData("""{"nbformat": 4, "cells": [], "metadata": 7}""", "metadata is 7; it must be an object")]
    public void What_is_no_notebook_is_refused_with_its_name(string text, string problem)
    {
        string message = Assert.Throws<InvalidDataException>(() => Notebook.Parse(text, "bad.ipynb")).Message;
        Assert.StartsWith("bad.ipynb: ", message);
        Assert.Contains(problem, message);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("null", "the cell is missing or null; it must be an object")]
    [InlineData("""{"source": ""}""", "cell_type is missing or null; it must be a string")]
    [InlineData("""{"cell_type": "chart", "source": ""}""", "cell_type is \"chart\"")]
    [InlineData("""{"cell_type": "code", "source": 7}""", "source is 7; it must be a string or a list of strings")]
    [InlineData("""{"cell_type": "code", "source": ["a", null]}""", "source[1] is missing or null")]
    [InlineData("""{"cell_type": "code", "source": "", "metadata": {"tags": [1, null]}}""", "metadata.tags[0] is 1")]
    [InlineData("""{"cell_type": "code", "source": "", "metadata": {"tags": "x"}}""", "metadata.tags is \"x\"")]
    [InlineData("""{"cell_type": "code", "source": "", "metadata": {"a": NaN}}""", "not JSON: line 1")]
    [InlineData("""{"cell_type": "code", "source": "", "metadata": {"a": "\ud800"}}""", "not valid Unicode")]
    [InlineData("""{"cell_type": "code", "source": "", "source": ""}""", "the name 'source' stands twice")]
    [InlineData("""{"cell_type": "code", "source": "", "outputs": [5]}""", "outputs[0] is 5")]
    [InlineData("""{"cell_type": "code", "source": "", "outputs": [{"output_type": "x"}]}""", "output_type is \"x\"")]
    [InlineData(
        """{"cell_type": "code", "source": "", "outputs": [{"output_type": "stream", "name": "stdout", "text": 1}]}""",
        "outputs[0].text is 1"
    )]
    [InlineData(
        """
            {"cell_type": "code", "source": "", "outputs": [{"output_type": "display_data", "data": {"text/html": {}}}]}
            """,
        "outputs[0].data['text/html'] is an object"
    )]
    [InlineData(
        """{"cell_type": "code", "source": "", "metadata": {"polyglot_notebook": {"kernelName": 3}}}""",
        "metadata.polyglot_notebook.kernelName is 3"
    )]
    public void A_faulty_cell_is_refused_before_anything_runs_and_named(string cell, string problem)
    {
        string good = """{"cell_type": "markdown", "source": "# Title", "metadata": {}}""";
        string text = $$"""{"nbformat": 4, "metadata": {}, "cells": [{{good}}, {{cell}}]}""";
        string message = Assert.Throws<InvalidDataException>(() => Notebook.Parse(text, "bad.ipynb")).Message;
        Assert.StartsWith("bad.ipynb, cell 2: ", message);
        Assert.Contains(problem, message);
    }

    [Fact]
    public void A_deeply_nested_notebook_is_refused() =>
        Assert.Contains(
            "bad.ipynb, cell 1: not JSON",
            Assert
                .Throws<InvalidDataException>(() =>
                    Notebook.Parse(
                        $$"""{"nbformat": 4, "cells": [{"metadata": {{new string('[', 5000)}}""",
                        "bad.ipynb"
                    )
                )
                .Message
        );
}
