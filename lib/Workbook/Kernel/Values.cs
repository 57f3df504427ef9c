using Microsoft.DotNet.Interactive.Formatting;
using RobustInference.Reporting;

namespace Workbook.Kernel;

/// <summary>The forms in which a value is shown, by Microsoft.DotNet.Interactive.Formatting and the formatters
/// registered here.</summary>
/// <remarks>A type of our own chooses its forms with an attribute named <c>TypeFormatterSourceAttribute</c>, declared
/// in any assembly and known by name: <c>[TypeFormatterSource(typeof(Source), PreferredMimeTypes = ["image/svg+xml",
/// …])]</c>, where <c>Source.CreateTypeFormatters()</c> returns objects with <c>string MimeType</c> and <c>bool
/// Format(object, TextWriter)</c>.
/// </remarks>
public static class Values
{
    static readonly Lazy<bool> Registered = new(Register);

    /// <summary>Formats <paramref name="value"/>.</summary>
    /// <param name="value">Any value; null is shown as text.</param>
    /// <param name="mimeTypes">The forms wanted; none: those that the type prefers, and plain text.</param>
    public static MimeBundle Format(object? value, params string[] mimeTypes)
    {
        _ = Registered.Value;
        if (value is null)
            return new MimeBundle("text/plain", Formatter.NullString);
        var bundle = new MimeBundle();
        if (mimeTypes.Length > 0)
        {
            foreach (string mimeType in mimeTypes)
                bundle[mimeType] = value.ToDisplayString(mimeType);
            return bundle;
        }
        // A number as HTML would be the number and a page of styles.
        if (IsPlain(value))
            return new MimeBundle("text/plain", value.ToDisplayString("text/plain"));
        foreach (string mimeType in Formatter.GetPreferredMimeTypesFor(value.GetType()))
            bundle[mimeType] = value.ToDisplayString(mimeType);
        if (!bundle.ContainsKey("text/plain"))
            bundle["text/plain"] = PlainText(value);
        return bundle;
    }

    /// <summary>The forms that the engine gave <paramref name="value"/>, and plain text.</summary>
    internal static MimeBundle Bundle(object? value, IEnumerable<FormattedValue> forms)
    {
        if (value is not null && IsPlain(value))
            return new MimeBundle("text/plain", value.ToDisplayString("text/plain"));
        var bundle = new MimeBundle();
        foreach (FormattedValue form in forms)
            bundle[form.MimeType] = form.Value;
        if (value is not null && !bundle.ContainsKey("text/plain"))
            bundle["text/plain"] = PlainText(value);
        return bundle;
    }

    static bool IsPlain(object value) =>
        value.GetType().IsPrimitive || value is decimal or Enum or DateTime or TimeSpan;

    /// <summary>A value in one form; its type where it cannot be shown.</summary>
    internal static FormattedValue Single(object? value, string mimeType)
    {
        try
        {
            return FormattedValue.CreateSingleFromObject(value, mimeType);
        }
        catch (Exception)
        {
            return new FormattedValue(mimeType, value?.GetType().Name ?? Formatter.NullString);
        }
    }

    // The fallback of fallbacks must not fail, nor print every property of a large object.
    static string PlainText(object value)
    {
        if (value is Microsoft.AspNetCore.Html.IHtmlContent)
            return "HTML";
        try
        {
            return value.ToDisplayString("text/plain");
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return value.GetType().Name;
        }
    }

    static bool Register()
    {
        DataFrames.Register();
        DeedleFrames.Register();
        PlotlyCharts.Register();
        // Interactive as well: this kernel's messages hold JSON as JSON. The type's own attribute is read when it is
        // first asked for, and would come after this.
        _ = Formatter.GetPreferredMimeTypesFor(typeof(Figure));
        Formatter.SetPreferredMimeTypesFor(typeof(Figure), "image/svg+xml", PlotlyCharts.MimeType, "text/plain");
        return true;
    }
}
