namespace RobustInference.Training;

/// <summary>Which network adversarial training returns; the figures are those of held-out validation data.</summary>
public enum KeptPass
{
    /// <summary>The one with the best worst case over the attacks.</summary>
    BestWorstCase,

    /// <summary>The one with the best clean accuracy: the authors' choice, who measure it on the test set.</summary>
    BestClean,

    /// <summary>The last one, so that nothing has to be held out.</summary>
    Last,
}
