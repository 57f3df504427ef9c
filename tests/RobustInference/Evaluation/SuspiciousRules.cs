using RobustInference.Aggregators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tests.RobustInference.Evaluation;

/// <summary>Answers with a little noise that is drawn anew each time.</summary>
sealed class DrawingRule : Aggregator
{
    readonly Random random = new(1);

    public override string Name => "draws";

    public override Tensor Scores(Tensor answers) =>
        answers.mean([1L])
        + 0.05f * tensor(Enumerable.Range(0, (int)answers.shape[2]).Select(_ => random.NextSingle()).ToArray());
}

/// <summary>Subtracts what the whole batch has in common.</summary>
sealed class BatchRule : Aggregator
{
    public override string Name => "looks at its batch";

    public override Tensor Scores(Tensor answers)
    {
        var mean = answers.mean([1L]);
        return mean - 0.5f * mean.mean([0L], keepdim: true);
    }
}

/// <summary>The mean in twenty stairs: flat nearly everywhere, and no harder to break.</summary>
sealed class StairRule : Aggregator
{
    public override string Name => "stairs";

    public override Tensor Scores(Tensor answers) =>
        (answers.mean([1L]) * 20).round() / 20 + 1e-6f * answers.mean([1L]).detach();
}

/// <summary>A rule over logits.</summary>
sealed class LogitsRule : Aggregator
{
    public override string Name => "over logits";

    public override AnswerSpace Input => AnswerSpace.Logits;

    public override Tensor Scores(Tensor answers) => answers.mean([1L]);
}
