namespace RobustInference.Tabular;

/// <summary>Where a row has gaps.</summary>
static class FloatSpans
{
    /// <summary>The first place without a number; −1 for none.</summary>
    public static int IndexOfNaN(this Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
            if (float.IsNaN(values[i]))
                return i;
        return -1;
    }

    /// <summary>Whether any place has a number.</summary>
    public static bool ContainsNumber(this Span<float> values)
    {
        foreach (float value in values)
            if (!float.IsNaN(value))
                return true;
        return false;
    }
}
