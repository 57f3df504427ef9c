namespace Tests;

/// <summary>Tests that build the clone's projects or pack what was built: one at a time.</summary>
[CollectionDefinition(nameof(Builds))]
public sealed class Builds;
