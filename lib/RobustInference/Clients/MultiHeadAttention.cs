using RobustInference.Numerics;
using static TorchSharp.torch;

namespace RobustInference.Clients;

/// <summary>Scaled dot-product attention over several heads (Vaswani et al., 2017): in each, softmax(q kᵀ/√d + bias)
/// v.</summary>
static class MultiHeadAttention
{
    /// <param name="query">[B, T, W]; head h owns the columns h·d … h·d + d − 1, d = W / heads.</param>
    /// <param name="key">[B, T, W].</param>
    /// <param name="value">[B, T, W].</param>
    /// <param name="heads">How many; they divide W.</param>
    /// <param name="bias">Added to the products, [B, 1, 1, T]: very negative where a token is not to be looked
    /// at.</param>
    /// <param name="dropout">Where attention weights are dropped; null: none are.</param>
    /// <returns>[B, T, W].</returns>
    public static Tensor Attend(
        Tensor query,
        Tensor key,
        Tensor value,
        int heads,
        Tensor? bias = null,
        (DropoutStream Stream, double Probability)? dropout = null
    )
    {
        using var scope = NewDisposeScope();
        long batch = query.shape[0],
            tokens = query.shape[1],
            width = query.shape[2],
            depth = width / heads;
        var (q, k, v) = (Split(query), Split(key), Split(value));
        Tensor answer;
        if (dropout is not { Probability: > 0 } drop)
            answer = nn.functional.scaled_dot_product_attention(q, k, v, bias);
        else
        {
            // torch's own operator would draw from its global stream.
            var products = (q / Math.Sqrt(depth)).matmul(k.transpose(2, 3));
            answer = drop
                .Stream.Apply((bias is null ? products : products + bias).softmax(-1), drop.Probability)
                .matmul(v);
        }
        return answer.transpose(1, 2).reshape(batch, tokens, width).MoveToOuterDisposeScope();

        Tensor Split(Tensor x) => x.reshape(batch, tokens, heads, depth).transpose(1, 2);
    }
}
