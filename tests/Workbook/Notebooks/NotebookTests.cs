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
    [InlineData("[", "not a notebook")]
    [InlineData("[]", "not a notebook")]
    [InlineData("{}", "nbformat is missing")]
    [InlineData("""{"nbformat": 3, "cells": []}""", "nbformat is 3")]
    [InlineData("""{"nbformat": 4}""", "no cells")]
    [InlineData("""{"nbformat": 4, "cells": [null]}""", "not a notebook")]
    public void What_is_no_notebook_is_refused_with_its_name(string text, string problem)
    {
        string message = Assert.Throws<InvalidDataException>(() => Notebook.Parse(text, "bad.ipynb")).Message;
        Assert.StartsWith("bad.ipynb: ", message);
        Assert.Contains(problem, message);
    }
}
