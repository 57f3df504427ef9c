using System.Text.RegularExpressions;

namespace RobustInference.Inputs;

/// <summary>What an array's name says of it: whether it is for testing or validation, and the words that are
/// left.</summary>
/// <param name="Part">Null where the name does not say.</param>
/// <param name="Words">In lower case, without those that name the part.</param>
/// <param name="Rest">The name without the words of the part.</param>
sealed partial record ArrayName(InputPart? Part, IReadOnlyList<string> Words, string Rest)
{
    static readonly Dictionary<string, InputPart> Parts = new()
    {
        ["val"] = InputPart.Validation,
        ["valid"] = InputPart.Validation,
        ["validation"] = InputPart.Validation,
        ["dev"] = InputPart.Validation,
        ["calib"] = InputPart.Validation,
        ["calibration"] = InputPart.Validation,
        ["test"] = InputPart.Test,
        ["eval"] = InputPart.Test,
        ["holdout"] = InputPart.Test,
        ["train"] = InputPart.Training,
        ["training"] = InputPart.Training,
    };

    static readonly string[] OfLabels = ["label", "labels", "target", "targets", "y", "truth", "gold"],
        OfLogits = ["logit", "logits", "scores", "score"],
        OfProbits = ["probit", "probits", "prob", "probs", "proba", "probability", "probabilities", "softmax"],
        OfAnswers = ["pred", "preds", "prediction", "predictions", "vote", "votes", "output", "outputs", "answers"],
        OfNames = ["names", "name"];

    /// <summary>Which part a word such as <c>val</c> names; null for none.</summary>
    public static InputPart? PartOf(string word) =>
        Parts.TryGetValue(word.Trim().ToLowerInvariant(), out var part) ? part : null;

    /// <summary>Takes a name apart.</summary>
    public static ArrayName Of(string name)
    {
        string[] pieces = Word().Split(name);
        var own = pieces.Select((text, i) => (Text: text, IsWord: i % 2 == 1)).ToArray();
        InputPart? part = own.Where(piece => piece.IsWord)
            .Select(piece => PartOf(piece.Text))
            .FirstOrDefault(p => p is not null);
        string[] words =
        [
            .. own.Where(piece => piece.IsWord && PartOf(piece.Text) is null)
                .Select(piece => piece.Text.ToLowerInvariant()),
        ];
        string rest = string.Concat(
            own.Where(piece => !piece.IsWord || PartOf(piece.Text) is null).Select(p => p.Text)
        );
        return new(part, words, rest.Trim('_', '-', '.', '/', ' '));
    }

    public bool IsOfLabels => Words.Any(OfLabels.Contains) && !IsOfNames;

    public bool IsOfLogits => Words.Any(OfLogits.Contains);

    public bool IsOfProbits => Words.Any(OfProbits.Contains);

    public bool IsOfAnswers => IsOfLogits || IsOfProbits || Words.Any(OfAnswers.Contains);

    public bool IsOfNames => Words.Any(OfNames.Contains);

    public bool IsOfClients => Words.Any(word => word is "client" or "clients" or "model" or "models");

    public bool IsOfClasses => Words.Any(word => word is "class" or "classes" or "category" or "categories");

    [GeneratedRegex("([A-Za-z]+)")]
    private static partial Regex Word();
}
