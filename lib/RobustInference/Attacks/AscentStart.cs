namespace RobustInference.Attacks;

/// <summary>Where the corrupted rows stand before the first step of an ascent.</summary>
public enum AscentStart
{
    /// <summary>Logits drawn from U[0, 1), as the paper's PGD.</summary>
    Drawn,

    /// <summary>Near the best one-hot rows of at most two classes, as <see cref="TwoTargets"/> finds them.</summary>
    Targets,

    /// <summary>The rows of those honest clients that favour the label least over another class.</summary>
    Honest,
}
