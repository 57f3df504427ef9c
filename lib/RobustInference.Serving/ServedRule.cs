namespace RobustInference.Serving;

/// <summary>A rule that answers queries with a certified radius, in plain C#: a trained one from a file, or a static
/// one.</summary>
/// <remarks>Immutable: several threads may ask it at once. Calculates in float64; what it certifies allows for rounding
/// in float32 too, so that it holds for every implementation of the rule.</remarks>
/// <example>
/// <code>
/// var rule = ServedRule.Read("certified.safetensors");
/// var answer = rule.Answer([0.7f, 0.3f], null, [0.6f, 0.4f], [0.8f, 0.2f], [0.9f, 0.1f]);
/// Console.WriteLine($"class {answer.Class}, certified radius {answer.Radius}");
/// </code>
/// </example>
public abstract class ServedRule
{
    private protected ServedRule() { }

    /// <summary>The name in tables.</summary>
    public abstract string Name { get; }

    /// <summary>n where the rule was made for so many clients, in this order; null where any number will do.</summary>
    public virtual int? Clients => null;

    /// <summary>K where the rule was made for so many classes.</summary>
    public virtual int? Classes => null;

    /// <summary>The rule that a <c>.safetensors</c> file of <c>aggregator train</c> holds.</summary>
    /// <exception cref="InvalidDataException">Not such a file, a missing tensor or a wrong shape, named.</exception>
    public static ServedRule Read(string path) => RuleFile.Read(path);

    /// <summary>The plain mean.</summary>
    public static ServedRule Mean { get; } = new ServedRangeMean(RangeKind.Mean);

    /// <summary>The coordinate-wise median.</summary>
    public static ServedRule CoordinateWiseMedian { get; } = new ServedRangeMean(RangeKind.Median);

    /// <summary>The coordinate-wise trimmed mean.</summary>
    /// <param name="trim">t, how many values are dropped on each side.</param>
    public static ServedRule CoordinateWiseTrimmedMean(int trim) => new ServedRangeMean(RangeKind.Trimmed, trim);

    /// <summary>The vote of every client for its most probable class.</summary>
    public static ServedRule PluralityVote { get; } = new ServedVote();

    /// <summary>The answer to one query.</summary>
    /// <param name="rows">A row of K probabilities for each client; null for one that sent nothing.</param>
    /// <exception cref="ArgumentException">Rows of different lengths, or too few clients for the rule.</exception>
    /// <exception cref="InvalidDataException">A row is not on the simplex.</exception>
    public ServedAnswer Answer(params float[]?[] rows) => Answer(null, rows);

    /// <summary>The answer to one query, with the classes that could be it.</summary>
    /// <param name="corrupted">f, how many clients may be corrupted or absent; null for no answer set.</param>
    /// <param name="rows">A row of K probabilities for each client; null for one that sent nothing.</param>
    /// <inheritdoc cref="Answer(float[][])" path="/exception"/>
    public ServedAnswer Answer(int? corrupted, float[]?[] rows)
    {
        int classes = rows.FirstOrDefault(row => row is not null)?.Length ?? Classes ?? 2;
        var values = new float[rows.Length * classes];
        for (int i = 0; i < rows.Length; i++)
        {
            var target = values.AsSpan(i * classes, classes);
            if (rows[i] is not { } row)
                target.Fill(float.NaN);
            else if (row.Length == classes)
                row.CopyTo(target);
            else
                throw new ArgumentException($"client {i} has {row.Length} probabilities, others have {classes}");
        }
        return Answer(values, rows.Length, classes, corrupted);
    }

    /// <summary>The answer to one query.</summary>
    /// <param name="rows">n·K probabilities, client by client; a row of NaN stands for a client that sent
    /// nothing.</param>
    /// <param name="clients">n.</param>
    /// <param name="classes">K.</param>
    /// <param name="corrupted">f, how many clients may be corrupted or absent; null for no answer set.</param>
    /// <inheritdoc cref="Answer(float[][])" path="/exception"/>
    public ServedAnswer Answer(ReadOnlySpan<float> rows, int clients, int classes, int? corrupted = null)
    {
        CheckFits(clients, classes);
        if (corrupted is { } f && (f < 0 || 2 * f >= clients))
            throw new ArgumentException($"{f} corrupted of {clients} clients: f must be under half of them");
        var query = Query.Of(rows, clients, classes);
        CheckAbsent(query);
        var evaluation = Evaluate(query);
        bool tied = evaluation.IsTied;
        int radius = tied ? -1 : evaluation.Radius();
        return new(
            tied ? -1 : evaluation.Answer,
            evaluation.Scores,
            query.Absent == 0 ? Math.Max(0, radius) : radius,
            query.Absent,
            corrupted is { } most ? [.. evaluation.Possible(Math.Max(0, most - query.Absent))] : null
        );
    }

    /// <summary>Checks that the rule takes answers of these clients and classes.</summary>
    /// <exception cref="ArgumentException">It does not.</exception>
    public virtual void CheckFits(int clients, int classes)
    {
        if (Classes is { } wanted && wanted != classes)
            throw new ArgumentException($"{Name}: was made for {wanted} classes, the answers have {classes}");
        if (Clients is { } all && all != clients)
            throw new ArgumentException($"{Name}: was made for {all} clients, the answers are of {clients}");
    }

    /// <summary>How many clients may be absent and the rule still answers.</summary>
    public virtual int MostAbsent(int clients) => clients - 1;

    private protected abstract Evaluation Evaluate(Query query);

    void CheckAbsent(Query query)
    {
        int most = MostAbsent(query.Clients);
        if (query.Absent > most)
            throw new ArgumentException(
                $"{Name}: {query.Absent} of {query.Clients} clients are absent, "
                    + (most == 0 ? "none may be" : $"at most {most} may be")
            );
    }
}
