using RobustInference.Files;

namespace RobustInference.Probits;

/// <summary>Augmented copies of the validation samples as a file holds them: <c>val_view_logits</c> or
/// <c>val_view_probits</c>, [V, S, n, K], view by view in the order of the validation samples.</summary>
static class ValidationViews
{
    const string Prefix = "val_view_";

    /// <summary>The names that an array of views may have.</summary>
    public static IReadOnlyList<string> Arrays { get; } = [Prefix + "logits", Prefix + "probits"];

    /// <summary>Validation data with the views that lie beside them.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="arrays">What was read of it.</param>
    /// <param name="validation">Without views; handed on or disposed of.</param>
    /// <exception cref="InvalidDataException">Both names, another shape than the validation data's, or what
    /// <see cref="ProbitSet.FromLogits"/> and <see cref="ProbitSet.FromProbits"/> refuse.</exception>
    public static ProbitSet Beside(string path, Dictionary<string, NumpyArray> arrays, ProbitSet validation)
    {
        string[] names = [.. Arrays.Where(arrays.ContainsKey)];
        if (names.Length == 0)
            return validation;
        var views = new List<ProbitSet>();
        using (validation)
            try
            {
                if (names.Length > 1)
                    throw new InvalidDataException($"holds both {names[0]} and {names[1]}; keep one");
                var rows = arrays[names[0]];
                if (rows.Shape.Length != 4 || !rows.Shape[1..].SequenceEqual(validation.Probits.shape))
                    throw new InvalidDataException(
                        $"array {names[0]} has the shape {rows.ShapeText}, wanted (views, "
                            + $"{string.Join(", ", validation.Probits.shape)}): every view has the validation samples "
                            + "in their order"
                    );
                float[] all = Floats(names[0], rows);
                long[] labels = validation.Labels.data<long>().ToArray(),
                    shape = rows.Shape[1..];
                int length = (int)shape.Aggregate(1L, (product, side) => product * side);
                for (int v = 0; v < rows.Shape[0]; v++)
                {
                    float[] own = all[(v * length)..((v + 1) * length)];
                    string name = $"{names[0]}, view {v}";
                    views.Add(
                        names[0] == Arrays[0]
                            ? ProbitSet.FromLogits(name, own, shape, labels)
                            : ProbitSet.FromProbits(name, own, shape, labels)
                    );
                }
                return validation.WithViews(views);
            }
            catch (InvalidDataException e)
            {
                foreach (var view in views)
                    view.Dispose();
                throw new InvalidDataException($"{path}: {e.Message}", e);
            }
    }

    /// <summary>The array that <see cref="Beside"/> reads, as float16; null where there are no views.</summary>
    public static KeyValuePair<string, NumpyArray>? ToArray(ProbitSet validation) =>
        validation.Views.Count == 0
            ? null
            : new(
                Arrays[0],
                NumpyArray.Float16(
                    [.. validation.Views.SelectMany(view => view.LogitsWithin((float)Half.MaxValue))],
                    [validation.Views.Count, .. validation.Logits.shape]
                )
            );

    static float[] Floats(string name, NumpyArray rows)
    {
        try
        {
            return rows.ToFloats();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"array {name} {e.Message}", e);
        }
    }
}
