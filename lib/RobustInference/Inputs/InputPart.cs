namespace RobustInference.Inputs;

/// <summary>What a set of answers is for.</summary>
public enum InputPart
{
    /// <summary>Rules are judged by it.</summary>
    Test,

    /// <summary>Rules are trained on it.</summary>
    Validation,

    /// <summary>What the clients were trained on: not read.</summary>
    Training,
}
