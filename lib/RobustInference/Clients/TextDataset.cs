namespace RobustInference.Clients;

/// <summary>Labelled texts in memory.</summary>
/// <param name="Name">Short name, such as <c>agnews</c>.</param>
/// <param name="Classes">Number of classes K.</param>
/// <param name="Texts">N texts.</param>
/// <param name="Labels">N labels in 0…K−1.</param>
public sealed record TextDataset(string Name, int Classes, string[] Texts, byte[] Labels)
{
    public int Count => Labels.Length;
}
