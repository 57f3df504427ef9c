using System.Globalization;

namespace RobustInference.Experiments;

/// <summary>The numbers that the paper printed (Tables 1–3), as they stand in <c>data/published</c>; shares in 0…1.</summary>
public static class PublishedNumbers
{
    /// <summary>Names of data sets here, as the paper writes them.</summary>
    public static string PaperName(string dataset) => dataset switch { "cifar10" => "CIFAR-10", "cifar100" => "CIFAR-100", "agnews" => "AG-News", _ => dataset };

    /// <summary>Table 2 (α = 0.5, n = 17, f = 4) of a data set by aggregator and attack; empty for an unknown data set.</summary>
    public static IReadOnlyDictionary<(string Aggregator, string Attack), (double Mean, double Std)> Table2(string dataset) =>
        Read("table2.csv").Where(row => row["dataset"] == PaperName(dataset))
            .ToDictionary(row => (row["aggregator"], row["attack"]), Figure);

    /// <summary>Table 1 of a data set by (CWTM at inference, adversarial training).</summary>
    public static IReadOnlyDictionary<(bool Trimmed, bool Adversarial), (double Mean, double Std)> Table1(string dataset) =>
        Read("table1.csv").Where(row => row["dataset"] == PaperName(dataset))
            .ToDictionary(row => (row["cwtm"] == "yes", row["adversarial_training"] == "yes"), Figure);

    static (double, double) Figure(Dictionary<string, string> row) =>
        (double.Parse(row["accuracy_mean"], CultureInfo.InvariantCulture) / 100, double.Parse(row["accuracy_std"], CultureInfo.InvariantCulture) / 100);

    static IEnumerable<Dictionary<string, string>> Read(string file)
    {
        using var reader = new StreamReader(typeof(PublishedNumbers).Assembly.GetManifestResourceStream("published/" + file)!);
        string[] header = reader.ReadLine()!.Split(',');
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            yield return header.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second);
        }
    }
}
