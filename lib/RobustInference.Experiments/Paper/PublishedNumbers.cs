using System.Globalization;

namespace RobustInference.Paper;

/// <summary>The numbers that the paper printed (Tables 1–3), as they stand in <c>data/published</c>; shares in
/// 0…1.</summary>
public static class PublishedNumbers
{
    /// <summary>Names of data sets here, as the paper writes them.</summary>
    public static string PaperName(string dataset) =>
        dataset switch
        {
            "cifar10" => "CIFAR-10",
            "cifar100" => "CIFAR-100",
            "agnews" => "AG-News",
            _ => dataset,
        };

    /// <summary>Which clients the paper has on a data set; null for one that it does not have.</summary>
    public static string? PaperClients(string dataset) =>
        dataset switch
        {
            "cifar10" => "ResNet-8 of width 128 from scratch",
            "cifar100" => "pre-trained ViT-B/32",
            "agnews" => "pre-trained DistilBERT",
            _ => null,
        };

    /// <summary>Aggregator × attack: Table 2 (α = 0.5, n = 17, f = 4) or Table 3 (CIFAR-100, α = 0.3); empty where the
    /// paper has printed none, or none are at hand.</summary>
    public static IReadOnlyDictionary<(string Aggregator, string Attack), (double Mean, double Std)> Of(
        string dataset,
        double? alpha,
        int clients,
        int corrupted
    ) =>
        (alpha, clients, corrupted) switch
        {
            (0.5, 17, 4) => ByRuleAndAttack(Read("table2.csv").Where(row => row["dataset"] == PaperName(dataset))),
            (0.3, _, _) when dataset == "cifar100" => ByRuleAndAttack(
                Read("table3.csv").Where(row => row["n"] == Text(clients) && row["f"] == Text(corrupted))
            ),
            _ => ByRuleAndAttack([]),
        };

    /// <summary>Table 1 of a data set by (CWTM at inference, adversarial training).</summary>
    public static IReadOnlyDictionary<(bool Trimmed, bool Adversarial), (double Mean, double Std)> Table1(
        string dataset
    ) =>
        Read("table1.csv")
            .Where(row => row["dataset"] == PaperName(dataset))
            .ToDictionary(row => (row["cwtm"] == "yes", row["adversarial_training"] == "yes"), Figure);

    static Dictionary<(string Aggregator, string Attack), (double Mean, double Std)> ByRuleAndAttack(
        IEnumerable<Dictionary<string, string>> rows
    ) => rows.ToDictionary(row => (row["aggregator"], row["attack"]), Figure);

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    static (double, double) Figure(Dictionary<string, string> row) =>
        (
            double.Parse(row["accuracy_mean"], CultureInfo.InvariantCulture) / 100,
            double.Parse(row["accuracy_std"], CultureInfo.InvariantCulture) / 100
        );

    static IEnumerable<Dictionary<string, string>> Read(string file)
    {
        using var reader = new StreamReader(
            typeof(PublishedNumbers).Assembly.GetManifestResourceStream("published/" + file)!
        );
        string[] header = reader.ReadLine()!.Split(',');
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            yield return header.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second);
        }
    }
}
