namespace RobustInference.Catalogue;

/// <summary>What it takes to make a rule and to apply it.</summary>
[Flags]
public enum RuleNeeds
{
    /// <summary>Only n and f.</summary>
    Nothing = 0,

    /// <summary>The server's validation data.</summary>
    Validation = 1,

    /// <summary>Training on the validation data; what is trained is kept in a file.</summary>
    Training = 2,

    /// <summary>Logits instead of probits.</summary>
    Logits = 4,

    /// <summary>To know who answers: row i must be client i's.</summary>
    Clients = 8,
}
