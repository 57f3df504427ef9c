using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Tests.LongestFirst))]

namespace Tests;

/// <summary>Classes that take half a minute and more begin first: begun last, one of them would run on while other
/// processors have nothing left to do. The others keep a random order, so that no test comes to rely on
/// another.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    /// <summary>The longest first; a name that is no test collection's fails a test.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        nameof(Builds),
        "Tests.RobustInference.Assessment.EnsembleAssessmentTests",
        "Tests.Workbook.Commands.SweepVerbTests",
        "Tests.Faults.KilledTests",
        "Tests.Workbook.Commands.SweepOnSlurmTests",
        "Tests.Workbook.Commands.ClientsVerbTests",
        "Tests.RobustInference.Evaluation.StrongSuiteTests",
        "Tests.Workbook.Commands.EvaluateVerbTests",
        "Tests.RobustInference.Certificates.CertificatesAgainstTheSuiteTests",
        "Tests.Faults.NativeHeapTests",
        "Tests.RobustInference.Attacks.ProjectedGradientTests",
        "Tests.Workbook.Kernel.InterruptTests",
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections
    )
        where TTestCollection : ITestCollection =>
        [.. DefaultTestCollectionOrderer.Instance.OrderTestCollections(testCollections).OrderBy(Place)];

    static int Place<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        // Classes without a collection of their own have one named "Test collection for Tests.…Tests (id: …)".
        string[] words = collection.TestCollectionDisplayName.Split(' ');
        int place = Names.TakeWhile(name => !words.Contains(name)).Count();
        return place;
    }
}
