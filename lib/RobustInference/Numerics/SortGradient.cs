namespace RobustInference.Numerics;

/// <summary>What the backward pass does at a sort.</summary>
public enum SortGradient
{
    /// <summary>The sub-gradient: only the values that are kept receive a share. Among equal values those of earlier
    /// rows come first.</summary>
    True,

    /// <summary>BPDA (Athalye et al., 2018): the sort is taken for the identity, so every row receives the gradient of
    /// the mean.</summary>
    Mean,
}
