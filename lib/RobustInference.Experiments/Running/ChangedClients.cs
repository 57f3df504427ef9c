using RobustInference.Aggregators;
using RobustInference.Evaluation;
using RobustInference.Numerics;
using RobustInference.Probits;
using static TorchSharp.torch;

namespace RobustInference.Running;

/// <summary>Some clients are no longer those that a rule was trained on. A rule that knows who answers is then wrong
/// about them; what was certified before the change holds, for they count as corrupted.</summary>
public static class ChangedClients
{
    /// <summary>The answers after each change, by its name; first as they were.</summary>
    /// <param name="answers">What the clients answered.</param>
    /// <param name="changed">Those that change, at least two; the others stay.</param>
    /// <param name="seed">Of the samples that are mixed up.</param>
    /// <returns>The caller disposes each set.</returns>
    public static IEnumerable<(string Change, ProbitSet Answers)> All(
        ProbitSet answers,
        ThreatModel changed,
        long seed = 0
    )
    {
        int best = Enumerable
            .Range(0, answers.Clients)
            .Except(changed.Corrupted)
            .MaxBy(i => RobustnessReport.Accuracy(Right(answers, i)));
        int[] others = [.. Enumerable.Range(0, answers.Samples)];
        RandomStream.Managed(seed, "changed-clients").ShuffleInplace<int>(others);
        var next = changed
            .Corrupted.Zip(changed.Corrupted.Skip(1).Append(changed.Corrupted[0]))
            .ToDictionary(pair => pair.First, pair => pair.Second);
        yield return ("none", answers.Shared());
        yield return ("they answer another sample", Answering((s, i) => (others[s], i)));
        yield return ("they copy the most accurate other client", Answering((s, _) => (s, best)));
        yield return ("they change places with each other", Answering((s, i) => (s, next[i])));

        ProbitSet Answering(Func<int, int, (int Sample, int Client)> source)
        {
            using var scope = NewDisposeScope();
            var places = new long[answers.Samples * answers.Clients];
            for (int s = 0; s < answers.Samples; s++)
            for (int i = 0; i < answers.Clients; i++)
            {
                var (sample, client) = next.ContainsKey(i) ? source(s, i) : (s, i);
                places[s * answers.Clients + i] = (long)sample * answers.Clients + client;
            }
            var rows = answers.Logits.view(-1, answers.Classes).index_select(0, tensor(places));
            return ProbitSet.FromLogits(
                answers.Name,
                rows.data<float>().ToArray(),
                answers.Logits.shape,
                answers.Labels.Integers()
            );
        }
    }

    /// <summary>Whether a client's own answer is right, sample by sample.</summary>
    static bool[] Right(ProbitSet answers, int client)
    {
        using var own = answers.Probits.select(1, client);
        return Predictions.Correct(own, answers.Labels);
    }
}
