namespace RobustInference.Reporting;

/// <summary>Tells a notebook kernel how to show a type.</summary>
/// <remarks>Microsoft.DotNet.Interactive.Formatting looks for an attribute of this name, in whatever assembly, and
/// calls the source's <c>CreateTypeFormatters()</c>: so our types show themselves without referring to any notebook
/// package.
/// </remarks>
/// <param name="formatterSourceType">Has a constructor without parameters and a method
/// <c>CreateTypeFormatters()</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface)]
sealed class TypeFormatterSourceAttribute(Type formatterSourceType) : Attribute
{
    public Type FormatterSourceType => formatterSourceType;

    /// <summary>The MIME types that are shown together, as one bundle.</summary>
    public string[] PreferredMimeTypes { get; set; } = [];
}
