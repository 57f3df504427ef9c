namespace RobustInference.Inputs.Checks;

/// <summary>Two clients with the same answers everywhere are one client with two votes.</summary>
public sealed class CopiedClient : IInputCheck
{
    public string Name => "copied client";

    public IEnumerable<Finding> Examine(InputFacts input) =>
        [
            .. input
                .Test.ClientHashes.Select((hash, client) => (hash, client))
                .GroupBy(entry => entry.hash)
                .Where(same => same.Count() > 1)
                .Select(same => new Finding(
                    Name,
                    $"clients {string.Join(" and ", same.Select(entry => input.Names.ClientWithNumber(entry.client)))}",
                    "give the same answers to every test sample",
                    "keep one: copies let one liar count twice"
                )),
        ];
}
