namespace Gateway.LoadTests.Load;

/// <summary>One kind of load, told once and run by any <see cref="ILoadRunner"/>.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Shape">How load comes.</param>
/// <param name="Step">One operation; called by many callers at a time.</param>
internal sealed record LoadScenario(string Name, LoadShape Shape, Func<LoadContext, CancellationToken, Task<StepOutcome>> Step)
{
    /// <summary>Runs once before warm-up.</summary>
    public Func<CancellationToken, Task> SetUp { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Runs once at the end, whatever happened.</summary>
    public Func<CancellationToken, Task> TearDown { get; init; } = static _ => Task.CompletedTask;
}
