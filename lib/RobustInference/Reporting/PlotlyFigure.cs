namespace RobustInference.Reporting;

static class PlotlyFigure
{
    public static string Json(Figure figure, Theme theme) => "{}";

    public static string Html(Figure figure, Theme theme) => figure.ToSvg(theme);
}
