using RobustInference.Networks;
using RobustInference.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustInference.Training;

/// <summary>The cross-entropy of a DeepSet and its gradient with respect to the weights, written out for float32 on the
/// processor: what autograd would give, without a pass over memory for every operator.</summary>
/// <remarks>As in <see cref="Aggregators.DeepSet"/>, ρ's last layer is applied once to the mean of hidden rows. All
/// clients of a sample have the same gradient behind their ReLUs.</remarks>
/// <typeparam name="T">The vector.</typeparam>
sealed unsafe class DeepSetGradient<T> : IDeepSetGradient
    where T : struct, IFloatLanes<T>
{
    AlignedFloats hidden = new(0),
        others = new(0);

    public Tensor Write(DeepSetNetwork network, Tensor answers, Tensor labels)
    {
        using var scope = NewDisposeScope();
        using var untracked = no_grad();
        int samples = (int)answers.shape[0],
            clients = (int)answers.shape[1],
            classes = network.Classes,
            row = RowProduct.Pad(classes),
            h = RowProduct.Pad(network.Hidden),
            d = RowProduct.Pad(network.Decoder);
        using var rows = new HiddenRows<T>(network);
        using RowMatrix<T> encode = Forward(network.RhoOut),
            decodeIn = Forward(network.MuIn),
            decodeOut = Forward(network.MuOut),
            encodeBack = new(network.RhoOut.weight!),
            decodeInBack = new(network.MuIn.weight!),
            decodeOutBack = new(network.MuOut.weight!);
        Reserve(ref hidden, samples * clients * h);
        int largest = (Math.Max(classes, Math.Max(h, d)) + 1) * Math.Max(h, Math.Max(d, row));
        Reserve(ref others, samples * (3 * h + 2 * d + row) + largest);
        float* mean = others.First,
            encoding = mean + samples * h,
            back = encoding + samples * h,
            middle = back + samples * h,
            middleBack = middle + samples * d,
            scores = middleBack + samples * d,
            gradient = scores + samples * row;

        fixed (float* first = answers.Floats())
        {
            AverageHidden(rows, first, samples, clients, mean);
            RowProduct.Multiply(encode, mean, h, samples, encoding, h);
            RowProduct.Multiply(decodeIn, encoding, h, samples, middle, d);
            Lanes.ReluInplace(new Span<float>(middle, samples * d));
            RowProduct.Multiply(decodeOut, middle, d, samples, scores, row);
            double loss = CrossEntropy(scores, labels, samples, classes);

            Write(network.MuOut, middle, d, scores, row, samples, gradient);
            RowProduct.Multiply(decodeOutBack, scores, row, samples, middleBack, d);
            Keep(middle, middleBack, samples * d);
            Write(network.MuIn, encoding, h, middleBack, d, samples, gradient);
            RowProduct.Multiply(decodeInBack, middleBack, d, samples, back, h);
            Write(network.RhoOut, mean, h, back, h, samples, gradient);
            // The mean is not needed any more, and its gradient is, over clients that all have the same.
            RowProduct.Multiply(encodeBack, back, h, samples, mean, h);
            Lanes.ScaleInplace(new Span<float>(mean, samples * h), 1f / clients);
            for (int r = 0; r < samples * clients; r++)
                Keep(hidden.First + r * h, mean + r / clients * h, hidden.First + r * h, h);
            Write(network.RhoIn, first, classes, hidden.First, h, samples * clients, gradient);
            return tensor((float)loss).MoveToOuterDisposeScope();
        }
    }

    public void Dispose()
    {
        hidden.Dispose();
        others.Dispose();
    }

    /// <summary>hidden ← the hidden units of all rows; mean ← their mean over clients.</summary>
    void AverageHidden(HiddenRows<T> rows, float* answers, int samples, int clients, float* mean)
    {
        int h = rows.Stride;
        new Span<float>(mean, samples * h).Clear();
        for (int from = 0; from < samples; from += HiddenRows<T>.Samples)
        {
            int some = Math.Min(HiddenRows<T>.Samples, samples - from);
            float* units = hidden.First + from * clients * h;
            rows.Of(answers + from * clients * rows.Classes, some * clients, units);
            for (int r = 0; r < some * clients; r++)
                Lanes.AddInplace(
                    new Span<float>(mean + (from + r / clients) * h, h),
                    new Span<float>(units + r * h, h)
                );
        }
        Lanes.ScaleInplace(new Span<float>(mean, samples * h), 1f / clients);
    }

    /// <summary>scores ← the gradient of their mean cross-entropy, which is returned.</summary>
    static double CrossEntropy(float* scores, Tensor labels, int samples, int classes)
    {
        double sum = 0;
        int row = RowProduct.Pad(classes);
        long[] own = labels.Integers();
        for (int s = 0; s < samples; s++, scores += row)
        {
            if (own[s] < 0 || own[s] >= classes)
                throw new ArgumentException($"sample {s}: label {own[s]} is not in 0…{classes - 1}");
            float score = scores[own[s]],
                total = RowSums.Powers<T>(scores, scores, classes, out float greatest);
            sum += Math.Log(total) + greatest - score;
            Lanes.ScaleInplace(new Span<float>(scores, classes), 1 / (total * samples));
            scores[own[s]] -= 1f / samples;
        }
        return sum / samples;
    }

    /// <summary>Writes a layer's gradient down where its optimizer looks for it.</summary>
    /// <param name="layer">Whose.</param>
    /// <param name="inputs">[rows][inputStride].</param>
    /// <param name="inputStride">Floats from one row to the next.</param>
    /// <param name="back">[rows][backStride], the gradient of what came out.</param>
    /// <param name="backStride">Floats from one row to the next.</param>
    /// <param name="rows">How many.</param>
    /// <param name="memory">For inputs + 1 rows of it.</param>
    static void Write(
        Linear layer,
        float* inputs,
        int inputStride,
        float* back,
        int backStride,
        int rows,
        float* memory
    )
    {
        var weight = layer.weight!;
        int outputs = (int)weight.shape[0],
            width = (int)weight.shape[1];
        float* ofBias = memory + width * backStride;
        new Span<float>(memory, (width + 1) * backStride).Clear();
        // Few enough rows at a time to stay in the cache for all tiles of the result.
        for (int from = 0; from < rows; from += Together)
        {
            int some = Math.Min(Together, rows - from);
            RowProduct.AddTransposed<T>(
                inputs + from * inputStride,
                inputStride,
                width,
                back + from * backStride,
                backStride,
                some,
                memory
            );
            for (int r = from; r < from + some; r++)
                Lanes.AddInplace(
                    new Span<float>(ofBias, backStride),
                    new Span<float>(back + r * backStride, backStride)
                );
        }
        Tensor ofWeight = GradientOf(weight),
            ofShift = GradientOf(layer.bias!);
        new Span<float>(ofBias, outputs).CopyTo(ofShift.Floats());
        Transpose(memory, backStride, width, outputs, ofWeight.Floats());
    }

    const int Together = 64;

    /// <summary>The gradient of a weight, made if there is none.</summary>
    static Tensor GradientOf(Tensor weight)
    {
        if (weight.grad is { } known)
            return known;
        weight.grad = zeros_like(weight);
        return weight.grad!;
    }

    /// <summary>target[outputs, inputs] ← source[inputs][stride], a square of both at a time.</summary>
    static void Transpose(float* source, int stride, int inputs, int outputs, Span<float> target)
    {
        const int Side = 16;
        for (int o = 0; o < outputs; o += Side)
        for (int i = 0; i < inputs; i += Side)
        for (int own = o; own < Math.Min(o + Side, outputs); own++)
        {
            var to = target.Slice(own * inputs, inputs);
            for (int from = i; from < Math.Min(i + Side, inputs); from++)
                to[from] = source[from * stride + own];
        }
    }

    static void Keep(float* gate, float* values, int length) => Keep(gate, values, values, length);

    static void Keep(float* gate, float* values, float* target, int length) =>
        Lanes.KeepWherePositive(
            new Span<float>(gate, length),
            new Span<float>(values, length),
            new Span<float>(target, length)
        );

    static RowMatrix<T> Forward(Linear layer)
    {
        using var transposed = layer.weight!.detach().t();
        return new(transposed, layer.bias);
    }

    static void Reserve(ref AlignedFloats floats, int length)
    {
        if (floats.Length >= length)
            return;
        floats.Dispose();
        floats = new(length);
    }
}
