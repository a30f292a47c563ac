namespace Gateway.LoadTests.Load;

/// <summary>What a step is told.</summary>
/// <param name="Operation">The operation's number from 0, counted apart in warm-up and in the measured window.</param>
internal readonly record struct LoadContext(long Operation);
