namespace RobustInference.Running;

/// <summary>Where a group of cells stands.</summary>
public enum SweepState
{
    /// <summary>Every cell is recorded.</summary>
    Done,

    /// <summary>A process is at work on it.</summary>
    Running,

    /// <summary>Cells are missing, and can be run.</summary>
    Open,

    /// <summary>Cells are missing, and so is their ensemble.</summary>
    NoEnsemble,
}
