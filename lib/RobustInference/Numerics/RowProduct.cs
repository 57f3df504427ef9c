using System.Runtime.CompilerServices;

namespace RobustInference.Numerics;

/// <summary>Matrix products of a few rows, each of which lies in one piece: up to four rows times three vectors of
/// columns stand in registers while all inputs are added.</summary>
/// <remarks>Every number is the same sum in the same order, whatever the rows beside it and the width of the
/// vectors.</remarks>
public static unsafe class RowProduct
{
    /// <summary>Rows lie a multiple of so many floats apart: the widest vector.</summary>
    public const int Group = 16;

    const int Tile = 4,
        Most = 3;

    /// <summary>Floats of a row with those that fill it up; the same for every width of vectors.</summary>
    public static int Pad(int length) => (length + Group - 1) / Group * Group;

    /// <summary>result ← rows · matrix + bias.</summary>
    /// <param name="matrix">[inputs, outputs].</param>
    /// <param name="rows">[count][stride].</param>
    /// <param name="stride">Floats from one row to the next.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="result">[count][resultStride]; columns that fill up the last vector become 0.</param>
    /// <param name="resultStride">Floats from one row of the result to the next.</param>
    public static void Multiply<T>(
        RowMatrix<T> matrix,
        float* rows,
        int stride,
        int count,
        float* result,
        int resultStride
    )
        where T : struct, IFloatLanes<T>
    {
        for (int vector = 0; vector < matrix.Vectors; vector += matrix.Panel)
        {
            int from = vector * T.Count,
                used = Math.Min(matrix.Panel, matrix.Vectors - vector);
            Sums<T>(
                used,
                new(rows, stride, 1),
                new(matrix.First + from * matrix.Inputs, used * T.Count),
                matrix.Inputs,
                count,
                new(matrix.Bias + from, 0),
                new(result + from, resultStride)
            );
        }
    }

    /// <summary>target ← target + leftᵀ · right: what rows add to the gradient of a layer's weights.</summary>
    /// <param name="left">[rows][leftStride], what went into the layer.</param>
    /// <param name="leftStride">Floats from one row to the next.</param>
    /// <param name="inputs">Columns of it in use.</param>
    /// <param name="right">[rows][rightStride], the gradient of what came out.</param>
    /// <param name="rightStride">Floats from one row to the next, a multiple of <see cref="Group"/>; all are in
    /// use.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="target">[inputs][rightStride].</param>
    public static void AddTransposed<T>(
        float* left,
        int leftStride,
        int inputs,
        float* right,
        int rightStride,
        int rows,
        float* target
    )
        where T : struct, IFloatLanes<T>
    {
        for (int from = 0; from < rightStride; from += Most * T.Count)
            Sums<T>(
                Math.Min(Most, (rightStride - from) / T.Count),
                new(left, 1, leftStride),
                new(right + from, rightStride),
                rows,
                inputs,
                new(target + from, rightStride),
                new(target + from, rightStride)
            );
    }

    /// <summary>result ← rows · matrix + bias, where most inputs of a row are 0 and the others are listed.</summary>
    /// <param name="matrix">[inputs, outputs], in panels of at most two vectors.</param>
    /// <param name="places">[rows][stride], the inputs that are not 0.</param>
    /// <param name="factors">[rows][stride], these.</param>
    /// <param name="counts">[rows], how many there are.</param>
    /// <param name="stride">Places and factors from one row to the next.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="result">[rows][resultStride].</param>
    /// <param name="resultStride">Floats from one row of the result to the next.</param>
    /// <exception cref="ArgumentException">Panels of three vectors.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyListed<T>(
        RowMatrix<T> matrix,
        int* places,
        float* factors,
        int* counts,
        int stride,
        int rows,
        float* result,
        int resultStride
    )
        where T : struct, IFloatLanes<T>
    {
        if (matrix.Panel > 2)
            throw new ArgumentException("listed inputs want panels of at most two vectors");
        for (int vector = 0; vector < matrix.Vectors; vector += matrix.Panel)
        {
            int from = vector * T.Count,
                used = Math.Min(matrix.Panel, matrix.Vectors - vector),
                width = used * T.Count,
                second = used > 1 ? T.Count : 0;
            float* panel = matrix.First + from * matrix.Inputs,
                to = result + from;
            T bias0 = T.Load(matrix.Bias + from),
                bias1 = T.Load(matrix.Bias + from + second);
            for (int r = 0; r < rows; r++, to += resultStride)
            {
                int* place = places + r * stride;
                float* factor = factors + r * stride;
                int count = counts[r],
                    j = 0;
                // Two sums of each, so that one need not wait for the other.
                T a0 = bias0,
                    a1 = bias1,
                    b0 = T.All(0),
                    b1 = b0;
                for (; j < count - 1; j += 2)
                {
                    float* one = panel + place[j] * width,
                        other = panel + place[j + 1] * width;
                    T share = T.All(factor[j]),
                        next = T.All(factor[j + 1]);
                    a0 = T.MultiplyAdd(share, T.Load(one), a0);
                    a1 = T.MultiplyAdd(share, T.Load(one + second), a1);
                    b0 = T.MultiplyAdd(next, T.Load(other), b0);
                    b1 = T.MultiplyAdd(next, T.Load(other + second), b1);
                }
                if (j < count)
                {
                    float* one = panel + place[j] * width;
                    T share = T.All(factor[j]);
                    a0 = T.MultiplyAdd(share, T.Load(one), a0);
                    a1 = T.MultiplyAdd(share, T.Load(one + second), a1);
                }
                (a1 + b1).Store(to + second);
                (a0 + b0).Store(to);
            }
        }
    }

    /// <summary>target ← source + Σ shares[j] · (row places[j] of the matrix).</summary>
    /// <param name="matrix">[inputs, outputs].</param>
    /// <param name="places">[count], rows of the matrix.</param>
    /// <param name="shares">[count].</param>
    /// <param name="count">How many; perhaps none.</param>
    /// <param name="source">[outputs], filled up.</param>
    /// <param name="target">[outputs], filled up; may be the source.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows<T>(
        RowMatrix<T> matrix,
        int* places,
        float* shares,
        int count,
        float* source,
        float* target
    )
        where T : struct, IFloatLanes<T>
    {
        for (int vector = 0; vector < matrix.Vectors; vector += matrix.Panel)
        {
            int from = vector * T.Count,
                used = Math.Min(matrix.Panel, matrix.Vectors - vector),
                width = used * T.Count;
            float* panel = matrix.First + from * matrix.Inputs,
                begin = source + from,
                to = target + from;
            // Beyond the last vector the first is worked out again, and not stored.
            int second = used > 1 ? T.Count : 0,
                third = used > 2 ? 2 * T.Count : 0;
            T a = T.Load(begin),
                b = T.Load(begin + second),
                c = T.Load(begin + third);
            for (int j = 0; j < count; j++)
            {
                float* row = panel + places[j] * width;
                T share = T.All(shares[j]);
                a = T.MultiplyAdd(share, T.Load(row), a);
                b = T.MultiplyAdd(share, T.Load(row + second), b);
                c = T.MultiplyAdd(share, T.Load(row + third), c);
            }
            c.Store(to + third);
            b.Store(to + second);
            a.Store(to);
        }
    }

    /// <summary>Numbers that are taken one at a time.</summary>
    /// <param name="First">The first.</param>
    /// <param name="Row">Floats from one row of the result to the next.</param>
    /// <param name="Term">Floats from one term of a sum to the next.</param>
    readonly record struct Factors(nint First, int Row, int Term)
    {
        public Factors(float* first, int row, int term)
            : this((nint)first, row, term) { }
    }

    /// <summary>Rows of vectors.</summary>
    /// <param name="First">The first.</param>
    /// <param name="Stride">Floats from one to the next.</param>
    readonly record struct Vectors(nint First, int Stride)
    {
        public Vectors(float* first, int stride)
            : this((nint)first, stride) { }
    }

    /// <summary>Row r of the result ← row r of what it begins with + Σ factor of r and i · vectors i.</summary>
    static void Sums<T>(int used, Factors factors, Vectors vectors, int terms, int rows, Vectors begin, Vectors result)
        where T : struct, IFloatLanes<T>
    {
        if (used == 3)
            Sums<T, Unrolled.Three>(factors, vectors, terms, rows, begin, result);
        else if (used == 2)
            Sums<T, Unrolled.Two>(factors, vectors, terms, rows, begin, result);
        else
            Sums<T, Unrolled.One>(factors, vectors, terms, rows, begin, result);
    }

    static void Sums<T, TUsed>(Factors factors, Vectors vectors, int terms, int rows, Vectors begin, Vectors result)
        where T : struct, IFloatLanes<T>
        where TUsed : struct, IUnrolled
    {
        float* factor = (float*)factors.First,
            from = (float*)begin.First,
            to = (float*)result.First;
        for (
            int r = 0;
            r < rows;
            r += Tile, factor += Tile * factors.Row, from += Tile * begin.Stride, to += Tile * result.Stride
        )
        {
            Factors own = new(factor, factors.Row, factors.Term);
            Vectors source = new(from, begin.Stride),
                target = new(to, result.Stride);
            if (rows - r >= 4)
                Sum<T, Unrolled.Four, TUsed>(own, vectors, terms, source, target);
            else if (rows - r == 3)
                Sum<T, Unrolled.Three, TUsed>(own, vectors, terms, source, target);
            else if (rows - r == 2)
                Sum<T, Unrolled.Two, TUsed>(own, vectors, terms, source, target);
            else
                Sum<T, Unrolled.One, TUsed>(own, vectors, terms, source, target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Sum<T, TRows, TUsed>(Factors factors, Vectors vectors, int terms, Vectors begin, Vectors result)
        where T : struct, IFloatLanes<T>
        where TRows : struct, IUnrolled
        where TUsed : struct, IUnrolled
    {
        float* from = (float*)begin.First,
            from1 = TRows.Count > 1 ? from + begin.Stride : from,
            from2 = TRows.Count > 2 ? from1 + begin.Stride : from,
            from3 = TRows.Count > 3 ? from2 + begin.Stride : from;
        int second = TUsed.Count > 1 ? T.Count : 0,
            third = TUsed.Count > 2 ? 2 * T.Count : 0;
        T a0 = T.Load(from),
            a1 = T.Load(from + second),
            a2 = T.Load(from + third),
            b0 = T.Load(from1),
            b1 = T.Load(from1 + second),
            b2 = T.Load(from1 + third),
            c0 = T.Load(from2),
            c1 = T.Load(from2 + second),
            c2 = T.Load(from2 + third),
            d0 = T.Load(from3),
            d1 = T.Load(from3 + second),
            d2 = T.Load(from3 + third);
        float* factor = (float*)factors.First,
            vector = (float*)vectors.First;
        nint row1 = factors.Row,
            row2 = 2 * factors.Row,
            row3 = 3 * factors.Row,
            term = factors.Term,
            stride = vectors.Stride;
        for (int i = 0; i < terms; i++, factor += term, vector += stride)
        {
            T x0 = T.Load(vector),
                x1 = TUsed.Count > 1 ? T.Load(vector + T.Count) : x0,
                x2 = TUsed.Count > 2 ? T.Load(vector + 2 * T.Count) : x0;
            T share = T.All(factor[0]);
            a0 = T.MultiplyAdd(share, x0, a0);
            if (TUsed.Count > 1)
                a1 = T.MultiplyAdd(share, x1, a1);
            if (TUsed.Count > 2)
                a2 = T.MultiplyAdd(share, x2, a2);
            if (TRows.Count > 1)
            {
                share = T.All(factor[row1]);
                b0 = T.MultiplyAdd(share, x0, b0);
                if (TUsed.Count > 1)
                    b1 = T.MultiplyAdd(share, x1, b1);
                if (TUsed.Count > 2)
                    b2 = T.MultiplyAdd(share, x2, b2);
            }
            if (TRows.Count > 2)
            {
                share = T.All(factor[row2]);
                c0 = T.MultiplyAdd(share, x0, c0);
                if (TUsed.Count > 1)
                    c1 = T.MultiplyAdd(share, x1, c1);
                if (TUsed.Count > 2)
                    c2 = T.MultiplyAdd(share, x2, c2);
            }
            if (TRows.Count > 3)
            {
                share = T.All(factor[row3]);
                d0 = T.MultiplyAdd(share, x0, d0);
                if (TUsed.Count > 1)
                    d1 = T.MultiplyAdd(share, x1, d1);
                if (TUsed.Count > 2)
                    d2 = T.MultiplyAdd(share, x2, d2);
            }
        }
        float* to = (float*)result.First;
        Store<T, TUsed>(to, a0, a1, a2);
        if (TRows.Count > 1)
            Store<T, TUsed>(to + result.Stride, b0, b1, b2);
        if (TRows.Count > 2)
            Store<T, TUsed>(to + 2 * result.Stride, c0, c1, c2);
        if (TRows.Count > 3)
            Store<T, TUsed>(to + 3 * result.Stride, d0, d1, d2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store<T, TUsed>(float* to, T first, T second, T third)
        where T : struct, IFloatLanes<T>
        where TUsed : struct, IUnrolled
    {
        first.Store(to);
        if (TUsed.Count > 1)
            second.Store(to + T.Count);
        if (TUsed.Count > 2)
            third.Store(to + 2 * T.Count);
    }
}
