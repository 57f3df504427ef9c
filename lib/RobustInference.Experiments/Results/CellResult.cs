using System.Numerics;
using System.Text.Json.Serialization;

namespace RobustInference.Results;

/// <summary>What a cell came to.</summary>
/// <param name="Configuration">What was run, on what.</param>
/// <param name="InputName">What the input was called; for people.</param>
/// <param name="Samples">Test samples.</param>
/// <param name="Accuracy">The share that was right, 0…1.</param>
/// <param name="Outcomes">A bit a sample in base64, the first in the lowest bit of the first byte: 1 where the answer
/// was right.</param>
/// <param name="Seconds">What the attack took; of the machine that ran it.</param>
/// <param name="PreparationSeconds">What opening the ensemble and training or reading the rule took, on the cell of a
/// rule that came first; else 0.</param>
/// <param name="Flags">Reasons to distrust the figure, a sentence each; null where there are none.</param>
/// <param name="Device">Where attacks were worked out, such as <c>cuda:0 (NVIDIA H100)</c>; null for the processor. It
/// says where a result is from and does not tell two apart.</param>
public sealed record CellResult(
    ResultConfiguration Configuration,
    string InputName,
    int Samples,
    double Accuracy,
    string Outcomes,
    double Seconds,
    double PreparationSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Flags = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Device = null
)
{
    /// <summary>The cell.</summary>
    [JsonIgnore]
    public ExperimentCell Cell => Configuration.Cell;

    /// <summary>From an outcome for every sample.</summary>
    public static CellResult Of(
        ResultConfiguration configuration,
        string inputName,
        bool[] right,
        double seconds,
        double preparation,
        IReadOnlyList<string>? flags = null,
        string? device = null
    ) => OfBits(configuration, inputName, right.Length, Bits(right), seconds, preparation, flags, device);

    /// <summary>From a bit for every sample, the first in the lowest bit of the first byte.</summary>
    public static CellResult OfBits(
        ResultConfiguration configuration,
        string inputName,
        int samples,
        byte[] right,
        double seconds,
        double preparation,
        IReadOnlyList<string>? flags = null,
        string? device = null
    ) =>
        new(
            configuration,
            inputName,
            samples,
            (double)right.Sum(bits => BitOperations.PopCount(bits)) / samples,
            Convert.ToBase64String(right),
            Math.Round(seconds, 3),
            Math.Round(preparation, 3),
            flags,
            device
        );

    /// <summary>Per sample, whether the answer was right.</summary>
    /// <exception cref="FormatException">The bits are not those of <see cref="Samples"/> samples.</exception>
    public bool[] Right()
    {
        byte[] bytes = Convert.FromBase64String(Outcomes);
        if (bytes.Length != (Samples + 7) / 8)
            throw new FormatException($"{bytes.Length} bytes of outcomes for {Samples} samples");
        var right = new bool[Samples];
        for (int s = 0; s < Samples; s++)
            right[s] = (bytes[s / 8] >> s % 8 & 1) != 0;
        return right;
    }

    /// <summary>Says what is wrong with a result that was read; null where it fits together.</summary>
    internal string? Fault()
    {
        if (Configuration.ResultsVersion != ResultConfiguration.CurrentVersion)
            return $"was recorded with results version {Configuration.ResultsVersion}, this is "
                + $"{ResultConfiguration.CurrentVersion}";
        if (Samples < 1)
            return $"has {Samples} samples";
        try
        {
            bool[] right = Right();
            if (Convert.ToBase64String(Bits(right)) != Outcomes)
                return "has bits beyond its samples";
            return Math.Abs(Share(right) - Accuracy) < 1e-12
                ? null
                : $"says accuracy {Accuracy}, its outcomes say {Share(right)}";
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    static double Share(bool[] right) => (double)right.Count(r => r) / right.Length;

    static byte[] Bits(bool[] right)
    {
        var bytes = new byte[(right.Length + 7) / 8];
        for (int s = 0; s < right.Length; s++)
            if (right[s])
                bytes[s / 8] |= (byte)(1 << s % 8);
        return bytes;
    }
}
