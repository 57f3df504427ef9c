namespace RobustInference.Tabular;

/// <summary>A column of a table.</summary>
/// <param name="Place">Its number from 0.</param>
/// <param name="Name">As the header has it.</param>
/// <param name="IsWholeOrText">Whether the first rows hold whole numbers or text only.</param>
sealed record TableColumn(int Place, string Name, bool IsWholeOrText)
{
    /// <summary>What SQL calls it.</summary>
    public string Sql => $"c{Place}";
}
