using System.Numerics;
using System.Runtime.CompilerServices;
using RobustInference.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustInference.Aggregators;

/// <summary><see cref="DeepSetGiven"/> for corrupted rows that are the softmax of logits, which climb by steps of one
/// size up or down: what was worked out at one step is carried over to the next.</summary>
/// <remarks>
/// <para>A step multiplies the exponential of every logit that rises by e^step and that of every other by e^−step. So
/// ρ's first layer of a row is a sum over the classes that rise and one over those that fall, each times a number, and
/// only a class that turns goes over from one sum to the other: of a hundred classes about three a step. The sums are
/// formed anew every few steps, so that rounding does not add up.</para>
/// <para>All rows of a sample have the same gradient behind their ReLUs, and few units are active in one row and not in
/// another: the gradient is worked out for the first row, and for the others what differs.</para>
/// <para>What is worked out for a sample does not depend on the samples beside it.</para>
/// </remarks>
/// <typeparam name="T">The vector.</typeparam>
public sealed unsafe class SteppingDeepSet<T> : IDisposable
    where T : struct, IFloatLanes<T>
{
    /// <summary>Samples side by side, at most 64: few enough to stay in the cache, and enough to read the weights
    /// for.</summary>
    public const int Places = 32;

    // Between two formings a sum that is small beside the other may grow by the square of e to this, and with it what
    // was rounded when it was large.
    const float MostClimbed = 2;
    const int MostSteps = 50;

    readonly Tensor honestSums;
    readonly int[] counts;
    readonly float step;
    readonly float[] powers; // e^(step · age)
    readonly RowMatrix<T> encode,
        between,
        decode,
        decodeBack,
        betweenBack,
        encodeBack;
    readonly AlignedFloats encodeBias,
        logits,
        exponentials,
        rising,
        falling,
        honest,
        sums,
        first,
        middle,
        scores,
        gradient,
        own;
    readonly float[] totals,
        unitFactors;
    readonly ulong[] up,
        active;
    readonly int[] used,
        ages,
        differing,
        units,
        unitCounts;
    readonly float[] shares,
        opposite;
    readonly int hidden,
        decoded,
        row,
        upWords,
        activeWords;

    /// <param name="weights">Of the network.</param>
    /// <param name="honestSums">[B, h]; belongs to the caller.</param>
    /// <param name="counts">Corrupted rows of each sample.</param>
    /// <param name="step">Size of a step, greater than 0.</param>
    internal SteppingDeepSet(DeepSetGiven.Constants weights, Tensor honestSums, int[] counts, float step)
    {
        (this.honestSums, this.counts, this.step) = (honestSums, counts, step);
        Classes = (int)weights.RhoIn.shape[1];
        Slots = counts.Max();
        int most = (int)Math.Clamp(MostClimbed / step, 1, MostSteps);
        powers = [.. Enumerable.Range(0, most + 1).Select(age => MathF.Exp(step * age))];
        encode = new(weights.RhoInTransposed);
        between = new(weights.BetweenByClients, weights.BetweenBias);
        decode = new(weights.MuOutTransposed, weights.MuOutBias, panel: 2);
        decodeBack = new(weights.MuOut);
        betweenBack = new(weights.BetweenOverClients, panel: 2);
        encodeBack = new(weights.RhoIn);
        (hidden, decoded, row) = (
            RowProduct.Pad(encode.Outputs),
            RowProduct.Pad(between.Outputs),
            RowProduct.Pad(Classes)
        );
        encodeBias = new(hidden);
        weights.RhoInBias.Floats().CopyTo(new Span<float>(encodeBias.First, encode.Outputs));
        int rows = Places * Slots;
        (logits, exponentials) = (new(rows * row), new(rows * row));
        (rising, falling) = (new(rows * hidden), new(rows * hidden));
        (honest, sums, first) = (new(Places * hidden), new(Places * hidden), new(Places * hidden));
        middle = new(Places * decoded);
        (units, unitFactors, unitCounts) = (new int[Places * decoded], new float[Places * decoded], new int[Places]);
        (scores, gradient, own) = (new(Places * row), new(Places * row), new(Math.Max(hidden, row)));
        totals = new float[rows];
        (upWords, activeWords) = ((row + 63) / 64, (hidden + 63) / 64);
        (up, active) = (new ulong[rows * upWords], new ulong[rows * activeWords]);
        (used, ages) = (new int[Places], new int[Places]);
        int longest = Math.Max(hidden, row);
        (differing, shares, opposite) = (new int[longest], new float[longest], new float[longest]);
    }

    public int Classes { get; }

    /// <summary>The greatest number of corrupted rows in a sample.</summary>
    public int Slots { get; }

    /// <summary>Floats from one sample's scores to the next's.</summary>
    public int Stride => row;

    /// <summary>[places][stride], after <see cref="Forward"/>; a loss's gradient is written over them before
    /// <see cref="Step"/>, with zeros in the places that fill up a row.</summary>
    public float* Scores => scores.First;

    /// <summary>Corrupted rows of a sample.</summary>
    public int Count(int sample) => counts[sample];

    /// <summary>Puts a sample in a place.</summary>
    /// <param name="place">0…<see cref="Places"/>−1.</param>
    /// <param name="sample">Which.</param>
    /// <param name="start">Its rows' logits, one row after the other.</param>
    public void Put(int place, int sample, ReadOnlySpan<float> start)
    {
        (used[place], ages[place]) = (counts[sample], 0);
        honestSums
            .Floats()
            .Slice(sample * encode.Outputs, encode.Outputs)
            .CopyTo(new Span<float>(honest.First + place * hidden, hidden));
        for (int slot = 0; slot < used[place]; slot++)
            start
                .Slice(slot * Classes, Classes)
                .CopyTo(new Span<float>(logits.First + (place * Slots + slot) * row, Classes));
    }

    /// <summary>Reads the logits of the sample in a place.</summary>
    public void Read(int place, Span<float> climbed)
    {
        for (int slot = 0; slot < used[place]; slot++)
            new Span<float>(logits.First + (place * Slots + slot) * row, Classes).CopyTo(climbed[(slot * Classes)..]);
    }

    /// <summary>Copies a place over another.</summary>
    public void Move(int from, int to)
    {
        (used[to], ages[to]) = (used[from], ages[from]);
        Copy(honest, hidden);
        foreach (var rows in new[] { logits, exponentials })
            Copy(rows, Slots * row);
        foreach (var rows in new[] { rising, falling })
            Copy(rows, Slots * hidden);
        Array.Copy(totals, from * Slots, totals, to * Slots, Slots);
        Array.Copy(up, from * Slots * upWords, up, to * Slots * upWords, Slots * upWords);

        void Copy(AlignedFloats floats, int length) =>
            new Span<float>(floats.First + from * length, length).CopyTo(
                new Span<float>(floats.First + to * length, length)
            );
    }

    /// <summary>Works out <see cref="Scores"/> of the first places.</summary>
    /// <param name="live">How many.</param>
    public void Forward(int live)
    {
        for (int place = 0; place < live; place++)
        {
            if (ages[place] == 0)
                Form(place);
            Encode(place);
        }
        RowProduct.Multiply(between, sums.First, hidden, live, middle.First, decoded);
        ListActive(live);
        Decode(decode, live, scores.First, row);
    }

    /// <summary>One step of the logits in the first places, up the gradient.</summary>
    /// <param name="live">As before.</param>
    /// <param name="moving">A bit a place: whether its scores' gradient is anything but zeros.</param>
    public void Step(int live, ulong moving)
    {
        RowProduct.Multiply(decodeBack, scores.First, row, live, middle.First, decoded);
        for (int place = 0; place < live; place++)
        for (int j = place * decoded; j < place * decoded + unitCounts[place]; j++)
            unitFactors[j] = middle.First[place * decoded + units[j]];
        Decode(betweenBack, live, sums.First, hidden);
        KeepActive(first.First, sums.First, first.First, live * hidden);
        RowProduct.Multiply(encodeBack, first.First, hidden, live, gradient.First, row);
        fixed (int* places = differing)
        fixed (
            float* share = shares,
                other = opposite
        )
            for (int place = 0; place < live; place++)
                if ((moving >> place & 1) != 0)
                    StepRows(place, places, share, other);
    }

    /// <summary>Forms the first layer's sums of a place anew, with all classes among those that fall.</summary>
    void Form(int place)
    {
        int at = place * Slots;
        for (int slot = 0; slot < used[place]; slot++)
            totals[at + slot] = RowSums.Powers<T>(
                logits.First + (at + slot) * row,
                exponentials.First + (at + slot) * row,
                Classes,
                out _
            );
        RowProduct.Multiply(
            encode,
            exponentials.First + at * row,
            row,
            used[place],
            falling.First + at * hidden,
            hidden
        );
        new Span<float>(rising.First + at * hidden, used[place] * hidden).Clear();
        Array.Clear(up, at * upWords, used[place] * upWords);
    }

    /// <summary>The hidden units of a place's rows, added to those of the honest rows.</summary>
    void Encode(int place)
    {
        float* sum = sums.First + place * hidden;
        new Span<float>(honest.First + place * hidden, hidden).CopyTo(new Span<float>(sum, hidden));
        float rise = powers[ages[place]];
        fixed (ulong* words = active)
            for (int slot = 0; slot < used[place]; slot++)
            {
                int at = place * Slots + slot;
                float* ofRising = rising.First + at * hidden,
                    ofFalling = falling.First + at * hidden;
                byte* bits = (byte*)(words + at * activeWords);
                float ofRise = rise / totals[at],
                    ofFall = 1 / (rise * totals[at]);
                if (slot == 0)
                    AddActive(ofRising, ofFalling, ofRise, ofFall, sum, bits, first.First + place * hidden);
                else
                    AddActive(ofRising, ofFalling, ofRise, ofFall, sum, bits, own.First);
            }
    }

    /// <summary>units ← the first layer of a row; sum ← sum + max(0, units); and which units are active.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void AddActive(float* ofRising, float* ofFalling, float rise, float fall, float* sum, byte* bits, float* units)
    {
        T none = T.All(0),
            up = T.All(rise),
            down = T.All(fall);
        float* bias = encodeBias.First;
        for (int i = 0; i < hidden; i += T.Count)
        {
            T unit = T.MultiplyAdd(
                T.Load(ofRising + i),
                up,
                T.MultiplyAdd(T.Load(ofFalling + i), down, T.Load(bias + i))
            );
            unit.Store(units + i);
            (T.Load(sum + i) + T.Max(unit, none)).Store(sum + i);
            WriteBits(bits, i, T.Bits(T.Greater(unit, none)));
        }
    }

    /// <summary>Steps of the rows in a place.</summary>
    void StepRows(int place, int* places, float* share, float* other)
    {
        int at = place * Slots;
        float rise = powers[ages[place]];
        bool isLast = ages[place] + 2 == powers.Length,
            stands = false;
        float* ofFirst = gradient.First + place * row,
            ofSums = sums.First + place * hidden;
        for (int slot = 0; slot < used[place]; slot++, at++)
        {
            float* slope = ofFirst;
            if (slot > 0)
            {
                int differing = FindDiffering(place * Slots, at, ofSums, places, share);
                RowProduct.AddRows(encodeBack, places, share, differing, ofFirst, slope = own.First);
            }
            float level = RowSums.Dot<T>(slope, exponentials.First + at * row, row) / totals[at];
            int turned = StepRow(at, slope, level, rise, places, share, other, ref stands);
            if (turned == 0 || isLast)
                continue;
            RowProduct.AddRows(encode, places, share, turned, rising.First + at * hidden, rising.First + at * hidden);
            RowProduct.AddRows(encode, places, other, turned, falling.First + at * hidden, falling.First + at * hidden);
        }
        // Where a logit stood still, its exponential is in neither sum.
        ages[place] = isLast || stands ? 0 : ages[place] + 1;
    }

    /// <summary>The units that are active in one of two rows only, and the gradient there: minus it where the second is
    /// not.</summary>
    int FindDiffering(int one, int two, float* ofSums, int* places, float* share)
    {
        int count = 0;
        for (int word = 0; word < activeWords; word++)
        {
            ulong own = active[two * activeWords + word];
            for (ulong left = own ^ active[one * activeWords + word]; left != 0; left &= left - 1)
            {
                int bit = BitOperations.TrailingZeroCount(left),
                    unit = word * 64 + bit;
                places[count] = unit;
                share[count++] = (own >> bit & 1) != 0 ? ofSums[unit] : -ofSums[unit];
            }
        }
        return count;
    }

    /// <summary>One step of a row's logits and their exponentials.</summary>
    /// <param name="at">Which row.</param>
    /// <param name="slope">The gradient of its probabilities.</param>
    /// <param name="level">Its mean under them: where it is greater, the logit rises.</param>
    /// <param name="rise">What the sum of those that rise is multiplied by.</param>
    /// <param name="places">The classes that turn.</param>
    /// <param name="share">What the sum of those that rise gains.</param>
    /// <param name="other">What the sum of those that fall gains.</param>
    /// <param name="stands">Becomes true where a logit stands still.</param>
    /// <returns>How many turn.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    int StepRow(int at, float* slope, float level, float rise, int* places, float* share, float* other, ref bool stands)
    {
        T none = T.All(0),
            one = T.All(1),
            mean = T.All(level),
            size = T.All(step),
            grow = T.All(powers[1]),
            shrink = T.All(1 / powers[1]),
            total = none,
            second = none;
        float* logit = logits.First + at * row,
            power = exponentials.First + at * row;
        int count = 0;
        fixed (ulong* words = up)
        {
            byte* bits = (byte*)(words + at * upWords);
            for (int k = 0; k < Classes; k += T.Count)
            {
                T gradient = T.Load(slope + k),
                    value = T.Load(power + k),
                    rises = T.Greater(gradient, mean),
                    falls = T.Greater(mean, gradient);
                ulong known = Classes - k < T.Count ? (1UL << (Classes - k)) - 1 : ulong.MaxValue >> (64 - T.Count),
                    now = T.Bits(rises) & known;
                stands |= ((now | T.Bits(falls)) & known) != known;
                for (ulong turned = now ^ ReadBits(bits, k); turned != 0; turned &= turned - 1)
                {
                    int bit = BitOperations.TrailingZeroCount(turned);
                    float size1 = (now >> bit & 1) != 0 ? power[k + bit] : -power[k + bit];
                    places[count] = k + bit;
                    share[count] = size1 / rise;
                    other[count++] = -size1 * rise;
                }
                WriteBits(bits, k, now);
                (T.Load(logit + k) + (T.Select(rises, size, none) - T.Select(falls, size, none))).Store(logit + k);
                value *= T.Select(rises, grow, T.Select(falls, shrink, one));
                value.Store(power + k);
                if (T.Count < RowProduct.Group && (k & T.Count) != 0)
                    second += value;
                else
                    total += value;
            }
        }
        totals[at] = RowSums.Total(total, second);
        return count;
    }

    /// <summary>Lists μ's active hidden units, of which a trained network has about a third.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ListActive(int live)
    {
        T none = T.All(0);
        for (int place = 0; place < live; place++)
        {
            float* unit = middle.First + place * decoded;
            int first = place * decoded,
                next = first;
            for (int i = 0; i < decoded; i += T.Count)
            for (ulong left = T.Bits(T.Greater(T.Load(unit + i), none)); left != 0; left &= left - 1)
            {
                int at = i + BitOperations.TrailingZeroCount(left);
                units[next] = at;
                unitFactors[next++] = unit[at];
            }
            unitCounts[place] = next - first;
        }
    }

    /// <summary>result ← listed units · matrix + bias.</summary>
    void Decode(RowMatrix<T> matrix, int live, float* result, int stride)
    {
        fixed (
            int* places = units,
                counts = unitCounts
        )
        fixed (float* factors = unitFactors)
            RowProduct.MultiplyListed(matrix, places, factors, counts, decoded, live, result, stride);
    }

    /// <summary>target ← values where the gate is positive, 0 elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void KeepActive(float* gate, float* values, float* target, int length)
    {
        for (int i = 0; i < length; i += T.Count)
            T.Select(T.Greater(T.Load(gate + i), T.All(0)), T.Load(values + i), T.All(0)).Store(target + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void WriteBits(byte* bits, int at, ulong value)
    {
        if (T.Count == 16)
            *(ushort*)(bits + at / 8) = (ushort)value;
        else
            bits[at / 8] = (byte)value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong ReadBits(byte* bits, int at) => T.Count == 16 ? *(ushort*)(bits + at / 8) : bits[at / 8];

    public void Dispose()
    {
        foreach (var matrix in new[] { encode, between, decode, decodeBack, betweenBack, encodeBack })
            matrix.Dispose();
        foreach (
            var floats in new[]
            {
                encodeBias,
                logits,
                exponentials,
                rising,
                falling,
                honest,
                sums,
                first,
                middle,
                scores,
                gradient,
                own,
            }
        )
            floats.Dispose();
    }
}
