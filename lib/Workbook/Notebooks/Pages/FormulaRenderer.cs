using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;

namespace Workbook.Notebooks.Pages;

/// <summary>Writes <c>$$…$$</c> on a line of its own as a displayed formula, as Jupyter and code hosts do; Markdig's
/// own way makes it a small one.</summary>
sealed class FormulaRenderer : HtmlObjectRenderer<MathInline>, IMarkdownExtension
{
    protected override void Write(HtmlRenderer renderer, MathInline formula)
    {
        bool display = formula.DelimiterCount > 1;
        renderer.Write(display ? "<span class=\"math display\">" : "<span class=\"math\">");
        renderer.WriteEscape(formula.Content);
        renderer.Write("</span>");
    }

    void IMarkdownExtension.Setup(MarkdownPipelineBuilder pipeline) { }

    void IMarkdownExtension.Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer)
    {
        if (renderer is HtmlRenderer html)
            html.ObjectRenderers.ReplaceOrAdd<HtmlMathInlineRenderer>(this);
    }
}
