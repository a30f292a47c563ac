namespace Gateway.LoadTests.Load;

/// <summary>Something that executes a <see cref="LoadScenario"/> and prints what it saw.</summary>
internal interface ILoadRunner
{
    /// <summary>Runs one scenario to its end.</summary>
    /// <returns>Whether every operation succeeded.</returns>
    Task<bool> RunAsync(LoadScenario scenario, TextWriter output, CancellationToken cancellation);
}
