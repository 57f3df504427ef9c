using RobustInference.Catalogue;

namespace RobustInference.Paper;

/// <summary>Rules that know who answers are compared with rules that do not: tables say which they are.</summary>
static class KnownClients
{
    /// <summary>A line that names them, none where there are none.</summary>
    /// <param name="rules">Names of rules.</param>
    public static IEnumerable<string> Notes(IEnumerable<string> rules)
    {
        string[] knowing =
        [
            .. rules.Distinct().Where(name => RuleCatalog.Find(name)?.Needs.HasFlag(RuleNeeds.Clients) == true),
        ];
        if (knowing.Length > 0)
            yield return $"{string.Join(", ", knowing)}: know{(knowing.Length == 1 ? "s" : "")} who answers (row i is "
                + "client i's); the other rules do not.";
    }
}
