using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace RobustInference.Probits;

/// <summary>What n clients answered to S queries over K classes, with the true labels. Validated on the way in,
/// immutable after.</summary>
public sealed class ProbitSet : IDisposable
{
    /// <summary>How far a row's sum may be from 1.</summary>
    public const double SumTolerance = 1e-3;

    /// <summary>The smallest probability when logits are made from probits: log max(p, 1e-12).</summary>
    public const float LeastProbability = 1e-12f;

    int[]? votes;

    ProbitSet(string name, Tensor probits, Tensor logits, Tensor labels, IReadOnlyList<ProbitSet>? views = null) =>
        (Name, Probits, Logits, Labels, Views) = (name, probits, logits, labels, views ?? []);

    /// <summary>What messages and tables call it.</summary>
    public string Name { get; }

    /// <summary>[S, n, K] float32, rows on the simplex Δ^K.</summary>
    public Tensor Probits { get; }

    /// <summary>[S, n, K] float32.</summary>
    public Tensor Logits { get; }

    /// <summary>[S] int64 in 0…K−1.</summary>
    public Tensor Labels { get; }

    /// <summary>What the same clients answered to augmented copies of the same samples: each set has them in this
    /// order, with the same labels. Mostly empty; they belong to this set.</summary>
    /// <remarks>More to train on, where training asks for it. They are not samples of their own: what is held out of
    /// the samples is held out of the views too.</remarks>
    public IReadOnlyList<ProbitSet> Views { get; }

    /// <summary>S·n classes, sample by sample: the first of each row's greatest probabilities.</summary>
    internal int[] Votes => votes ??= Greatest(Probits);

    /// <summary>Where the three tensors lie.</summary>
    public Device Device => Probits.device;

    public int Samples => (int)Probits.shape[0];

    public int Clients => (int)Probits.shape[1];

    public int Classes => (int)Probits.shape[2];

    /// <summary>From logits: probits are their softmax.</summary>
    /// <param name="name">What messages call the array.</param>
    /// <param name="logits">S·n·K numbers, sample by sample, client by client.</param>
    /// <param name="shape">[S, n, K].</param>
    /// <param name="labels">S labels in 0…K−1.</param>
    /// <exception cref="InvalidDataException">A wrong shape, a NaN or infinity, a label out of range: the message says
    /// which sample and client.</exception>
    public static ProbitSet FromLogits(string name, float[] logits, long[] shape, long[] labels)
    {
        CheckShape(name, logits, shape, labels);
        for (int i = 0; i < logits.Length; i++)
            if (!float.IsFinite(logits[i]))
                throw new InvalidDataException($"{name}, {Where(i, shape)}: {logits[i]} is not a finite logit");
        var rows = tensor(logits, shape);
        return new ProbitSet(
            name,
            nn.functional.softmax(rows, -1).DetachFromDisposeScope(),
            rows.DetachFromDisposeScope(),
            tensor(labels).DetachFromDisposeScope()
        );
    }

    /// <summary>From probabilities: each row must sum to 1 within <see cref="SumTolerance"/> and is then divided by its
    /// sum, which undoes the rounding of small float types.</summary>
    /// <inheritdoc cref="FromLogits" path="/param"/>
    /// <exception cref="InvalidDataException">As for logits, and a negative number or a row that does not sum to
    /// 1.</exception>
    public static ProbitSet FromProbits(string name, float[] probits, long[] shape, long[] labels)
    {
        CheckShape(name, probits, shape, labels);
        int classes = (int)shape[2];
        var rows = new float[probits.Length];
        for (int start = 0; start < probits.Length; start += classes)
        {
            double sum = 0;
            for (int i = start; i < start + classes; i++)
            {
                if (!float.IsFinite(probits[i]) || probits[i] < 0)
                    throw new InvalidDataException($"{name}, {Where(i, shape)}: {probits[i]} is not a probability");
                sum += probits[i];
            }
            if (Math.Abs(sum - 1) > SumTolerance)
                throw new InvalidDataException(
                    $"{name}, {Where(start, shape, row: true)}: the probabilities sum to {sum:0.######}, not to 1"
                );
            for (int i = start; i < start + classes; i++)
                rows[i] = (float)(probits[i] / sum);
        }
        var tensorRows = tensor(rows, shape);
        return new ProbitSet(
            name,
            tensorRows.DetachFromDisposeScope(),
            tensorRows.clamp_min(LeastProbability).log().DetachFromDisposeScope(),
            tensor(labels).DetachFromDisposeScope()
        );
    }

    /// <summary>The logits, S·n·K numbers. A row that leaves ± <paramref name="limit"/> is moved so that its greatest
    /// logit is 0, and what is then below −<paramref name="limit"/> is set to that.</summary>
    internal float[] LogitsWithin(float limit)
    {
        using var near = Logits.cpu();
        float[] logits = near.data<float>().ToArray();
        for (int at = 0; at < logits.Length; at += Classes)
        {
            var row = logits.AsSpan(at, Classes);
            float greatest = TensorPrimitives.Max(row);
            if (greatest <= limit && TensorPrimitives.Min(row) >= -limit)
                continue;
            for (int k = 0; k < row.Length; k++)
                row[k] = (float)Math.Max((double)row[k] - greatest, -limit);
        }
        return logits;
    }

    /// <summary>The same set with views of its samples; shares the memory, and lives on its own.</summary>
    /// <param name="views">Belong to the new set.</param>
    /// <exception cref="InvalidDataException">One has another shape or other labels.</exception>
    public ProbitSet WithViews(IReadOnlyList<ProbitSet> views)
    {
        using var scope = NewDisposeScope();
        for (int v = 0; v < views.Count; v++)
            if (!views[v].Probits.shape.SequenceEqual(Probits.shape))
                throw new InvalidDataException(
                    $"{views[v].Name}: view {v} has the shape ({string.Join(", ", views[v].Probits.shape)}), and "
                        + $"{Name} ({string.Join(", ", Probits.shape)})"
                );
            else if (!views[v].Labels.eq(Labels).all().ToBoolean())
                throw new InvalidDataException($"{views[v].Name}: view {v} has other labels than {Name}");
        return new ProbitSet(
            Name,
            Probits.alias().DetachFromDisposeScope(),
            Logits.alias().DetachFromDisposeScope(),
            Labels.alias().DetachFromDisposeScope(),
            views
        );
    }

    /// <summary>The samples at <paramref name="indices"/>, copied, with their views.</summary>
    public ProbitSet Select(long[] indices)
    {
        using var at = tensor(indices, device: Device);
        return new ProbitSet(
            Name,
            Probits.Take(0, at).DetachFromDisposeScope(),
            Logits.Take(0, at).DetachFromDisposeScope(),
            Labels.Take(0, at).DetachFromDisposeScope(),
            [.. Views.Select(view => view.Select(indices))]
        );
    }

    /// <summary>The samples of several sets of the same clients and classes, one set after the other, copied; without
    /// their views.</summary>
    /// <param name="sets">At least one; the first gives its name.</param>
    public static ProbitSet Join(IReadOnlyList<ProbitSet> sets)
    {
        Tensor Joined(Func<ProbitSet, Tensor> of) => cat([.. sets.Select(of)]).DetachFromDisposeScope();
        return new ProbitSet(
            sets[0].Name,
            Joined(set => set.Probits),
            Joined(set => set.Logits),
            Joined(s => s.Labels)
        );
    }

    /// <summary>The same answers with other labels, such as those that a rule gives, without views; shares the memory,
    /// and lives on its own.</summary>
    /// <param name="labels">S labels in 0…K−1.</param>
    /// <exception cref="ArgumentException">Another number of them, or one out of range.</exception>
    public ProbitSet WithLabels(long[] labels)
    {
        if (labels.Length != Samples)
            throw new ArgumentException($"{Samples} samples, but {labels.Length} labels");
        foreach (long label in labels)
            if (label < 0 || label >= Classes)
                throw new ArgumentException($"label {label} is not in 0…{Classes - 1}");
        return new ProbitSet(
            Name,
            Probits.alias().DetachFromDisposeScope(),
            Logits.alias().DetachFromDisposeScope(),
            tensor(labels, device: Device).DetachFromDisposeScope()
        );
    }

    /// <summary>The same answers in the memory of a device, with their views: a copy, or on the same device another set
    /// that shares the memory; lives on its own.</summary>
    public ProbitSet To(Device device) =>
        device == Device
            ? Shared()
            : new(
                Name,
                Probits.to(device).DetachFromDisposeScope(),
                Logits.to(device).DetachFromDisposeScope(),
                Labels.to(device).DetachFromDisposeScope(),
                [.. Views.Select(view => view.To(device))]
            );

    /// <summary>The same samples with other rows in place of theirs, and of their views'; lives on its own.</summary>
    /// <param name="map">Of rows on the simplex, [S, n, K] → [S, n, K].</param>
    public ProbitSet Mapped(Func<Tensor, Tensor> map)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        var rows = map(Probits);
        return new ProbitSet(
            Name,
            rows.DetachFromDisposeScope(),
            rows.clamp_min(LeastProbability).log().DetachFromDisposeScope(),
            Labels.alias().DetachFromDisposeScope(),
            [.. Views.Select(view => view.Mapped(map))]
        );
    }

    /// <summary>The same set again, with its views: shares the memory, and lives on its own.</summary>
    public ProbitSet Shared() =>
        new(
            Name,
            Probits.alias().DetachFromDisposeScope(),
            Logits.alias().DetachFromDisposeScope(),
            Labels.alias().DetachFromDisposeScope(),
            [.. Views.Select(view => view.Shared())]
        );

    /// <summary>The same samples, without views, with the clients of each in an order of its own; a rule over probits
    /// answers as before.</summary>
    /// <param name="order">[S, n] int64: which client stands at each place.</param>
    /// <exception cref="ArgumentException">Another shape.</exception>
    public ProbitSet Arrange(Tensor order)
    {
        if (!order.shape.SequenceEqual([Samples, Clients]))
            throw new ArgumentException(
                $"{Name}: wanted an order of {Clients} clients for {Samples} samples, got "
                    + $"[{string.Join(", ", order.shape)}]"
            );
        using var at = order.unsqueeze(2).expand(-1, -1, Classes);
        return new ProbitSet(
            Name,
            Probits.gather(1, at).DetachFromDisposeScope(),
            Logits.gather(1, at).DetachFromDisposeScope(),
            Labels.clone().DetachFromDisposeScope()
        );
    }

    public void Dispose()
    {
        Probits.Dispose();
        Logits.Dispose();
        Labels.Dispose();
        foreach (var view in Views)
            view.Dispose();
    }

    static int[] Greatest(Tensor probits)
    {
        using var rows = probits.contiguous();
        var values = rows.Floats();
        int classes = (int)probits.shape[2];
        var greatest = new int[values.Length / classes];
        for (int row = 0; row < greatest.Length; row++)
            greatest[row] = TensorPrimitives.IndexOfMax(values.Slice(row * classes, classes));
        return greatest;
    }

    static void CheckShape(string name, float[] values, long[] shape, long[] labels)
    {
        if (shape.Length != 3)
            throw new InvalidDataException(
                $"{name}: the shape is ({string.Join(", ", shape)}), wanted (samples, clients, classes)"
            );
        if (shape[0] < 1)
            throw new InvalidDataException($"{name}: there are no samples");
        if (shape[1] < 1 || shape[2] < 2)
            throw new InvalidDataException(
                $"{name}: {shape[1]} clients and {shape[2]} classes; at least 1 client and 2 classes are needed"
            );
        if (values.Length != shape[0] * shape[1] * shape[2])
            throw new InvalidDataException(
                $"{name}: {values.Length} numbers do not fill the shape ({string.Join(", ", shape)})"
            );
        if (labels.Length != shape[0])
            throw new InvalidDataException($"{name}: {shape[0]} samples, but {labels.Length} labels");
        for (int i = 0; i < labels.Length; i++)
            if (labels[i] < 0 || labels[i] >= shape[2])
                throw new InvalidDataException($"{name}, sample {i}: label {labels[i]} is not in 0…{shape[2] - 1}");
    }

    static string Where(int index, long[] shape, bool row = false)
    {
        long k = index % shape[2],
            client = index / shape[2] % shape[1],
            sample = index / shape[2] / shape[1];
        return $"sample {sample}, client {client}" + (row ? "" : $", class {k}");
    }
}
