using System.Globalization;
using RobustInference.Files;

namespace RobustInference.Inputs;

/// <summary>Labels or votes as a file has them: numbers or names, before it is known which class each means.</summary>
/// <param name="Name">What messages call them.</param>
/// <param name="Numbers">Whole numbers; null where there are names.</param>
/// <param name="Texts">Names; null where there are numbers.</param>
sealed record RawLabels(string Name, long[]? Numbers, string[]? Texts)
{
    /// <summary>Whether they were other than integers in the file.</summary>
    public bool IsConverted { get; init; }

    /// <summary>How many.</summary>
    public int Count => Numbers?.Length ?? Texts!.Length;

    /// <summary>From an array of integers, whole floats, names, or one-hot rows.</summary>
    /// <exception cref="InvalidDataException">None of these; the message names the place.</exception>
    public static RawLabels Of(string name, NumpyArray array)
    {
        if (array.Shape is [_, 1])
            array = array with { Shape = [array.Shape[0]] };
        if (array.Shape.Length == 2)
            return new RawLabels(name, OfOneHot(name, array), null) { IsConverted = true };
        if (array.Shape.Length != 1)
            throw new InvalidDataException(
                $"array {name} has the shape {array.ShapeText}, wanted one number or name a sample"
            );
        return OfVotes(name, array);
    }

    /// <summary>From an array of any shape whose items are integers, whole floats, or names.</summary>
    /// <exception cref="InvalidDataException">None of these; the message names the place.</exception>
    public static RawLabels OfVotes(string name, NumpyArray array)
    {
        if (array.IsText)
        {
            string[] texts = [.. array.ToTexts().Select(text => text.Trim())];
            int empty = Array.IndexOf(texts, "");
            if (empty >= 0)
                throw new InvalidDataException(
                    $"array {name} holds {array.TypeName}, and sample {empty} has no label; give each sample one"
                );
            double[] numbers = [.. texts.Select(NumberOf)];
            return numbers.Any(double.IsNaN)
                ? new(name, null, texts)
                : new(name, [.. numbers.Select(number => (long)number)], null);
        }
        return new RawLabels(name, array.Kind == 'f' ? Whole(name, array) : Integers(name, array), null)
        {
            IsConverted = array.Kind == 'f',
        };
    }

    /// <summary>A whole number as text, also as 3.0; not a number where it is none.</summary>
    static double NumberOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
        && Math.Abs(number) < 1e15
        && number == Math.Round(number)
            ? number
            : double.NaN;

    static long[] Integers(string name, NumpyArray array)
    {
        try
        {
            return array.ToIntegers();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"array {name} {e.Message}", e);
        }
    }

    static long[] Whole(string name, NumpyArray array)
    {
        float[] values = array.ToFloats();
        for (int i = 0; i < values.Length; i++)
            if (!(Math.Abs(values[i]) < 1e9 && values[i] == MathF.Round(values[i])))
                throw new InvalidDataException(
                    string.Create(
                        System.Globalization.CultureInfo.InvariantCulture,
                        $"array {name}, sample {i}: {values[i]} is no whole number; labels are numbers of classes, "
                            + $"or names"
                    )
                );
        return [.. values.Select(value => (long)value)];
    }

    static long[] OfOneHot(string name, NumpyArray array)
    {
        int samples = (int)array.Shape[0],
            classes = (int)array.Shape[1];
        double[] values =
            array.IsText
                ? throw new InvalidDataException(
                    $"array {name} has the shape {array.ShapeText}, wanted one name a sample"
                )
            : array.Kind == 'f' ? [.. array.ToFloats().Select(value => (double)value)]
            : [.. array.ToIntegers().Select(value => (double)value)];
        var labels = new long[samples];
        for (int s = 0; s < samples; s++)
        {
            var row = values.AsSpan(s * classes, classes);
            int one = row.IndexOf(1);
            if (one < 0 || row[(one + 1)..].ContainsAnyExcept(0) || row[..one].ContainsAnyExcept(0))
                throw new InvalidDataException(
                    $"array {name} has the shape {array.ShapeText}, but row {s} is not one-hot; give one 1 a row, "
                        + $"or one "
                        + "number a sample"
                );
            labels[s] = one;
        }
        return labels;
    }
}
