using System.Security.Cryptography;
using System.Text;

namespace RobustInference.Clients;

/// <summary>Labelled texts in memory.</summary>
/// <param name="Name">Short name, such as <c>agnews</c>.</param>
/// <param name="Classes">Number of classes K.</param>
/// <param name="Texts">N texts.</param>
/// <param name="Labels">N labels in 0…K−1.</param>
public sealed record TextDataset(string Name, int Classes, string[] Texts, byte[] Labels)
{
    public int Count => Labels.Length;

    /// <summary>Adds labels and texts to <paramref name="hash"/>.</summary>
    public void AppendTo(IncrementalHash hash)
    {
        hash.AppendData(Labels);
        foreach (string text in Texts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
    }
}
