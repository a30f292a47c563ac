using NBomber.Contracts;
using NBomber.CSharp;

namespace Gateway.LoadTests.Load;

/// <summary>Runs our scenarios under NBomber 4.1, which prints and files its own report.</summary>
/// <param name="args">NBomber's own command-line arguments.</param>
internal sealed class NBomberAdapter(string[] args) : ILoadRunner
{
    /// <inheritdoc/>
    public Task<bool> RunAsync(LoadScenario scenario, TextWriter output, CancellationToken cancellation)
    {
        var next = -1L;
        var failed = 0L;
        var props = Scenario.Create(scenario.Name, StepAsync)
            .WithInit(_ => scenario.SetUp(cancellation))
            .WithClean(_ => scenario.TearDown(CancellationToken.None))
            .WithLoadSimulations(SimulationOf(scenario.Shape));
        props = scenario.Shape.WarmUp > TimeSpan.Zero ? props.WithWarmUpDuration(scenario.Shape.WarmUp) : props.WithoutWarmUp();
        NBomberRunner.RegisterScenarios(props).Run(args);
        return Task.FromResult(Interlocked.Read(ref failed) == 0);

        async Task<IResponse> StepAsync(IScenarioContext context)
        {
            var outcome = await scenario.Step(new LoadContext(Interlocked.Increment(ref next)), cancellation);
            if (outcome.Error is null)
                return Response.Ok();

            Interlocked.Increment(ref failed);
            return Response.Fail(statusCode: outcome.Error);
        }
    }

    private static LoadSimulation SimulationOf(LoadShape shape) => shape switch
    {
        LoadShape.Closed closed => Simulation.KeepConstant(copies: closed.Callers, during: closed.Duration),
        LoadShape.Open open => SimulationOf(open),
        _ => throw new InvalidOperationException("A load shape has no NBomber simulation. This is a bug."),
    };

    // NBomber begins all copies of an interval at once, so the interval is kept near a tenth of a second.
    private static LoadSimulation SimulationOf(LoadShape.Open open)
    {
        var copies = Math.Max(1, (int)Math.Round(open.Rate / 10));
        return Simulation.Inject(rate: copies, interval: TimeSpan.FromSeconds(copies / open.Rate), during: open.Duration);
    }
}

/// <content>Puts NBomber in the place of the default runner.</content>
internal static partial class LoadRunners
{
    static partial void Replace(ref ILoadRunner runner) => runner = new NBomberAdapter([]);
}
