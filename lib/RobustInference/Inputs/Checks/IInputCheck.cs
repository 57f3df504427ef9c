namespace RobustInference.Inputs.Checks;

/// <summary>One thing that may be wrong with an input that can be read.</summary>
public interface IInputCheck
{
    /// <summary>What findings call it.</summary>
    string Name { get; }

    /// <summary>What is suspicious; empty where nothing is.</summary>
    IEnumerable<Finding> Examine(InputFacts input);
}
