using RobustInference.Aggregators;
using RobustInference.Attacks;
using TorchSharp;
using static TorchSharp.torch;

namespace Workbook.Benchmarks;

/// <summary>PGD the plain way, as a good PyTorch user writes it: whole batches, all n rows through the rule at every
/// step, autograd for everything.</summary>
/// <param name="steps">Sign-gradient steps.</param>
/// <param name="step">Size of a step.</param>
/// <param name="toWeights">Whether back-propagation also reaches the network's weights, as in the authors' training
/// code.</param>
public sealed class PlainAscent(int steps = 50, float step = 0.1f, bool toWeights = false)
{
    /// <summary>What the corrupted clients send.</summary>
    /// <param name="scores">The rule, [B, n, K] → [B, K].</param>
    /// <param name="scale">How scores become probabilities.</param>
    /// <param name="answers">[B, n, K].</param>
    /// <param name="labels">[B].</param>
    /// <param name="places">[R] int64: places of the corrupted rows among the B·n rows.</param>
    /// <param name="start">[R, K] logits.</param>
    /// <returns>[R, K].</returns>
    public Tensor Ascend(
        Func<Tensor, Tensor> scores,
        ScoreScale scale,
        Tensor answers,
        Tensor labels,
        Tensor places,
        Tensor start
    )
    {
        using var scope = NewDisposeScope();
        using var tracked = enable_grad();
        var loss = new CarliniWagner(scale);
        var rows = answers.view(-1, answers.shape[2]);
        var u = start.clone();
        for (int i = 0; i < steps; i++)
        {
            using var inner = NewDisposeScope();
            var variable = u.detach().requires_grad_();
            var all = rows.index_copy(0, places, nn.functional.softmax(variable, -1)).view(answers.shape);
            var value = scores(all);
            var p =
                scale == ScoreScale.Logits
                    ? nn.functional.softmax(value, -1)
                    : value / value.sum(-1, keepdim: true).clamp_min(Weights.Least);
            var total = loss.Loss(p, labels).sum();
            if (toWeights)
                total.backward();
            else
                variable.grad = autograd.grad([total], [variable])[0];
            using var untracked = no_grad();
            u.add_(variable.grad!.sign(), alpha: step);
        }
        return nn.functional.softmax(u, -1).detach().MoveToOuterDisposeScope();
    }
}
