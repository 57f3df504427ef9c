namespace Tests;

/// <summary>Tests that measure the whole process or change it, or whose cells have seconds on the clock: nothing runs
/// beside them. They come last, one after the other, so that no test belongs here which only waits for processes of its
/// own.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
