using ScottPlot;
using SkiaSharp;

namespace RobustInference.Reporting;

/// <summary>A <see cref="Figure"/> drawn by ScottPlot and SkiaSharp: title, legend, panels in a grid.</summary>
static class StaticFigure
{
    // Pixels around the figure, and between the panels of a row and of a column.
    const double Margin = 8,
        Between = 20,
        Under = 10;

    public static string Svg(Figure figure, Theme theme)
    {
        using var stream = new MemoryStream();
        using (var canvas = SKSvgCanvas.Create(new SKRect(0, 0, figure.Width, figure.Height), stream))
            Draw(canvas, figure, theme);
        return SvgDocument.Finish(
            System.Text.Encoding.UTF8.GetString(stream.ToArray()),
            figure.Width,
            figure.Height,
            figure.Title
        );
    }

    public static byte[] Png(Figure figure, Theme theme, double scale)
    {
        using var surface = SKSurface.Create(
            new SKImageInfo((int)(figure.Width * scale), (int)(figure.Height * scale))
        );
        surface.Canvas.Clear(SKColors.Transparent);
        surface.Canvas.Scale((float)scale);
        Draw(surface.Canvas, figure, theme);
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    static void Draw(SKCanvas canvas, Figure figure, Theme theme)
    {
        if (theme.Paper is { } paper)
            using (var paint = new SKPaint { Color = SKColor.Parse(paper) })
                canvas.DrawRect(0, 0, figure.Width, figure.Height, paint);
        double top = Margin;
        if (figure.Title != "")
        {
            foreach (string line in figure.TitleLines)
                StaticText.Draw(canvas, line, Margin + 2, (top += 20) - 5, 15, theme.Text);
            top += 6;
        }
        var legend = new StaticLegend(figure, figure.Width - 2 * Margin);
        legend.Draw(canvas, Margin + 2, top, theme);
        top += legend.Height;

        var colours = figure.Legend().ToDictionary(entry => entry.Name, entry => entry.Colour);
        double width = (figure.Width - 2 * Margin - Between * (figure.Columns - 1)) / figure.Columns,
            height = (figure.Height - top - Margin / 2 - Under * (figure.Rows - 1)) / figure.Rows;
        for (int i = 0; i < figure.Panels.Count; i++)
            Draw(
                canvas,
                figure.Panels[i],
                theme,
                Margin + i % figure.Columns * (width + Between),
                top + i / figure.Columns * (height + Under),
                width,
                height,
                name => colours[name]
            );
    }

    static void Draw(
        SKCanvas canvas,
        Panel panel,
        Theme theme,
        double left,
        double top,
        double width,
        double height,
        Func<string, int> colourOf
    )
    {
        var heatmap = panel.Heatmap;
        double room = heatmap is null ? width : width - StaticColourBar.Width;
        double under = top + (panel.Title == "" ? 0 : 22);
        var plot = StaticPanel.Draw(panel, theme, room, colourOf);
        var place = new PixelRect((float)left, (float)(left + room), (float)(top + height), (float)under);
        // ScottPlot's first rendering draws twice, the second time with its layout settled: the first goes nowhere.
        using (var nowhere = new SKNoDrawCanvas(1, 1))
            plot.Render(nowhere, place);
        plot.Render(canvas, place);
        var data = plot.LastRender.DataRect;
        if (panel.Title != "")
            StaticText.Draw(
                canvas,
                panel.Title,
                (data.Left + data.Right) / 2,
                top + 15,
                13,
                theme.Text,
                SKTextAlign.Center
            );
        if (heatmap is not null)
            StaticColourBar.Draw(canvas, heatmap, theme, data.Right + 12, data.Top, data.Height);
    }
}
