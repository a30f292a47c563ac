namespace Gateway.LoadTests.Load;

/// <summary>Which runner this build has: ours, or NBomber's where its adapter was compiled in.</summary>
internal static partial class LoadRunners
{
    /// <summary>The runner for ad-hoc load.</summary>
    public static ILoadRunner Create()
    {
        ILoadRunner runner = new OpenLoopRunner(TimeProvider.System);
        Replace(ref runner);
        return runner;
    }

    // Implemented by the adapter's file; without it the call vanishes.
    static partial void Replace(ref ILoadRunner runner);
}
