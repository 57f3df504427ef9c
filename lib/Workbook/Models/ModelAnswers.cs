using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace Workbook.Models;

/// <summary>What one model answered. What failed, came too late or is not finite is absent: a row of NaN.</summary>
/// <param name="Path">The model's file.</param>
/// <param name="Values">[S, K].</param>
/// <param name="Classes">K; 0 where no answer came.</param>
/// <param name="Absent">How many rows are NaN.</param>
/// <param name="Fault">Why some are; null where none is.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record ModelAnswers(string Path, float[] Values, int Classes, int Absent, string? Fault, TimeSpan Elapsed)
{
    const float SumTolerance = 1e-3f;

    /// <summary>After the deadline a model has this long to notice.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Whether every row that came is one of probabilities.</summary>
    public bool AreProbabilities { get; } = Probabilities(Values, Classes);

    /// <summary>Asks a model for all samples, batch by batch, on a thread of its own.</summary>
    /// <param name="model">Disposed at the end; one that does not stop is left to itself.</param>
    /// <param name="inputs">The samples.</param>
    /// <param name="batch">How many at once.</param>
    /// <param name="deadline">Answers that come later are absent.</param>
    /// <param name="told">Told how many samples are done.</param>
    /// <param name="cancel">Ends it all.</param>
    public static ModelAnswers Of(
        OnnxModel model,
        ModelInputs inputs,
        int batch,
        TimeSpan deadline,
        Action<int> told,
        CancellationToken cancel
    )
    {
        var clock = Stopwatch.StartNew();
        var work = new Work(model, inputs, model.FixedBatch ?? batch, told);
        var thread = new Thread(work.Run) { IsBackground = true, Name = System.IO.Path.GetFileName(model.Path) };
        thread.Start();
        while (!thread.Join(TimeSpan.FromMilliseconds(50)))
            if (clock.Elapsed > deadline || cancel.IsCancellationRequested)
            {
                work.Stop();
                thread.Join(Grace);
                break;
            }
        cancel.ThrowIfCancellationRequested();
        return work.Result(clock.Elapsed, deadline);
    }

    static bool Probabilities(float[] values, int classes)
    {
        for (int at = 0; classes > 0 && at < values.Length; at += classes)
        {
            var row = values.AsSpan(at, classes);
            if (float.IsNaN(row[0]))
                continue;
            float sum = 0;
            foreach (float value in row)
            {
                if (value < 0)
                    return false;
                sum += value;
            }
            if (Math.Abs(sum - 1) > SumTolerance)
                return false;
        }
        return true;
    }

    /// <summary>One model's run; what it has is read while it may go on.</summary>
    sealed class Work(OnnxModel model, ModelInputs inputs, int batch, Action<int> told)
    {
        readonly Lock gate = new();
        readonly RunOptions options = new();
        float[]? values;
        int classes,
            answered;
        string? fault;
        bool stopped;

        public void Run()
        {
            using (model)
                try
                {
                    for (int from = 0; from < inputs.Samples; from += batch)
                    {
                        int count = Math.Min(batch, inputs.Samples - from);
                        var (rows, width) = model.Answer(
                            inputs.Values.AsSpan(from * inputs.Size, count * inputs.Size),
                            count,
                            options
                        );
                        lock (gate)
                        {
                            if (stopped)
                                return;
                            if (values is null)
                                (values, classes) = (new float[inputs.Samples * width], width);
                            if (width != classes)
                                throw new InvalidDataException($"{width} classes after {classes}");
                            rows.CopyTo(values, from * width);
                            answered = from + count;
                        }
                        told(answered);
                    }
                }
                catch (Exception error) // whatever a model does, it is that client's failure
                {
                    lock (gate)
                        fault ??= $"{error.Message.TrimEnd('.')}, at sample {answered} or behind";
                }
        }

        public void Stop()
        {
            lock (gate)
            {
                stopped = true;
                options.Terminate = true;
            }
        }

        public ModelAnswers Result(TimeSpan elapsed, TimeSpan deadline)
        {
            lock (gate)
            {
                if (stopped)
                    fault = FormattableString.Invariant(
                        $"{answered:N0} of {inputs.Samples:N0} samples answered within {deadline.TotalSeconds:0.###} s"
                    );
                float[] all = values ?? [];
                all.AsSpan(answered * classes).Fill(float.NaN);
                int absent = inputs.Samples - answered,
                    odd = 0;
                for (int at = 0; at < answered * classes; at += classes)
                {
                    var row = all.AsSpan(at, classes);
                    bool finite = true;
                    foreach (float value in row)
                        finite &= float.IsFinite(value);
                    if (finite)
                        continue;
                    row.Fill(float.NaN);
                    odd++;
                }
                if (odd > 0)
                    fault =
                        (fault is null ? "" : fault + "; ")
                        + FormattableString.Invariant($"{odd:N0} answers hold numbers that are not finite");
                return new(model.Path, all, classes, absent + odd, fault, elapsed);
            }
        }
    }
}
