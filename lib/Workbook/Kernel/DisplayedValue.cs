namespace Workbook.Kernel;

/// <summary>Something that a cell has shown and may show anew: a progress bar, a picture that grows.</summary>
public sealed class DisplayedValue
{
    readonly CellOutput? output;
    readonly string[] mimeTypes;

    internal DisplayedValue(CellOutput? output, string[] mimeTypes)
    {
        this.output = output;
        this.mimeTypes = mimeTypes;
        DisplayId = Guid.NewGuid().ToString("N");
    }

    /// <summary>The display's identity in messages.</summary>
    public string DisplayId { get; }

    /// <summary>Shows <paramref name="value"/> in place of what was there.</summary>
    public void Update(object? value) => output?.Update(Values.Format(value, mimeTypes), DisplayId);
}
