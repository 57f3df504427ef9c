using RobustInference.Aggregators;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>A trained rule as a file holds it.</summary>
public interface ITrainedRule
{
    /// <summary>The rule under its own name.</summary>
    Aggregator Rule { get; }

    /// <summary>f in training.</summary>
    int Corrupted { get; }

    /// <summary>Checks that the rule takes answers of these clients and classes.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="answers">What it shall answer.</param>
    /// <exception cref="InvalidDataException">It does not.</exception>
    void CheckFits(string path, ProbitSet answers);
}
