using Gateway.LoadTests.Load;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.LoadTests.Tests;

public sealed class OpenLoopRunnerTests
{
    private static readonly LoadShape.Closed OneCaller = new(1) { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromHours(1) };

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Measure_KnownDelays_GivesTheirPercentiles()
    {
        var report = await MeasureAsync(OneCaller with { Operations = 1000 }, context => Take(context.Operation + 1));

        Assert.Equal(1000, report.Operations);
        Assert.Equal(1000, report.Items);
        Near(500, report.Latency.P50);
        Near(900, report.Latency.P90);
        Near(990, report.Latency.P99);
        Near(999, report.Latency.P999);
        Near(1000, report.Latency.Max);
        Assert.Equal(500.5, report.Elapsed.TotalSeconds, 3);
        Assert.Equal(1000 / 500.5, report.ItemsPerSecond, 3);
    }

    [Fact]
    public async Task Measure_OpenLoopBehindAStalledServer_CountsFromTheIntendedStart()
    {
        // Due every 10 ms, each stalling everything for 50 ms: operation i is answered at 50 (i + 1) and was due at 10 i.
        var shape = new LoadShape.Open(100) { WarmUp = TimeSpan.Zero, Operations = 10 };

        var report = await MeasureAsync(shape, _ => Take(50));

        Near(50 * 5 - 10 * 4, report.Latency.P50);
        Near(50 * 10 - 10 * 9, report.Latency.Max);
    }

    [Fact]
    public async Task Measure_OpenLoop_BeginsNothingBeforeItIsDue()
    {
        var real = TimeProvider.System;
        var opened = 0L;
        var begun = new List<TimeSpan>();
        var scenario = new LoadScenario("paced", new LoadShape.Open(500) { WarmUp = TimeSpan.Zero, Operations = 20 }, Step);

        var report = await new OpenLoopRunner(real).MeasureAsync(scenario, () => opened = real.GetTimestamp(), TestContext.Current.CancellationToken);

        Assert.Equal(20, report.Operations);
        Assert.All(begun.Index(), start => Assert.True(start.Item >= TimeSpan.FromMilliseconds(2 * start.Index)));

        Task<StepOutcome> Step(LoadContext context, CancellationToken cancellation)
        {
            begun.Add(real.GetElapsedTime(opened));
            return Task.FromResult(StepOutcome.Ok(1));
        }
    }

    [Fact]
    public async Task Measure_FailuresAndExceptions_AreCountedByKindAndNotTimed()
    {
        var report = await MeasureAsync(OneCaller with { Operations = 40 }, context => (context.Operation % 4) switch
        {
            0 => Take(5),
            1 => Task.FromResult(StepOutcome.Failed("http_503")),
            2 => throw new HttpRequestException("refused"),
            _ => Task.FromException<StepOutcome>(new TaskCanceledException()),
        });

        Assert.Equal(10, report.Operations);
        Assert.Equal(10, report.Items);
        Near(5, report.Latency.Max);
        Assert.Equal(30, report.Failed);
        Assert.Equal(10, report.Errors["http_503"]);
        Assert.Equal(10, report.Errors[nameof(HttpRequestException)]);
        Assert.Equal(10, report.Errors["timed_out"]);
    }

    [Fact]
    public async Task Measure_SeveralCallers_NumbersEveryOperationOnce()
    {
        var seen = new System.Collections.Concurrent.ConcurrentBag<long>();
        var shape = new LoadShape.Closed(8) { WarmUp = TimeSpan.Zero, Operations = 500 };

        await new OpenLoopRunner(TimeProvider.System).MeasureAsync(new LoadScenario("numbers", shape, StepAsync), () => { }, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(0, 500).Select(n => (long)n), seen.Order());

        async Task<StepOutcome> StepAsync(LoadContext context, CancellationToken cancellation)
        {
            await Task.Yield();
            seen.Add(context.Operation);
            return StepOutcome.Ok(1);
        }
    }

    [Fact]
    public async Task Measure_WarmUp_IsNotCountedAndEndsBeforeTheWindowOpens()
    {
        var events = new List<string>();
        var scenario = new LoadScenario(
            "order",
            OneCaller with { WarmUp = TimeSpan.FromMilliseconds(25), Operations = 2 },
            (context, _) =>
            {
                events.Add($"step {context.Operation}");
                return Take(10);
            })
        {
            SetUp = _ => Note("set up"),
            TearDown = _ => Note("tear down"),
        };

        var report = await new OpenLoopRunner(_time).MeasureAsync(scenario, () => events.Add("opened"), TestContext.Current.CancellationToken);

        Assert.Equal(["set up", "step 0", "step 1", "step 2", "opened", "step 0", "step 1", "tear down"], events);
        Assert.Equal(2, report.Operations);

        Task Note(string what)
        {
            events.Add(what);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Measure_Duration_EndsTheWindow()
    {
        var report = await MeasureAsync(OneCaller with { Duration = TimeSpan.FromMilliseconds(95) }, _ => Take(10));

        Assert.Equal(10, report.Operations);
    }

    [Fact]
    public async Task Measure_Cancelled_TearsDownAndSaysSo()
    {
        using var ended = new CancellationTokenSource();
        var tornDown = false;
        var scenario = new LoadScenario("cancelled", OneCaller, (_, token) =>
        {
            ended.Cancel();
            return Task.FromCanceled<StepOutcome>(token);
        })
        {
            TearDown = _ =>
            {
                tornDown = true;
                return Task.CompletedTask;
            },
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new OpenLoopRunner(_time).MeasureAsync(scenario, () => { }, ended.Token));

        Assert.True(tornDown);
    }

    private static void Near(double expected, double actual) => Assert.InRange(actual, expected * 0.999, expected * 1.001);

    // The artificial server: its delay passes at once on the clock that the runner reads.
    private Task<StepOutcome> Take(double milliseconds)
    {
        _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return Task.FromResult(StepOutcome.Ok(1));
    }

    private Task<LoadReport> MeasureAsync(LoadShape shape, Func<LoadContext, Task<StepOutcome>> step) =>
        new OpenLoopRunner(_time).MeasureAsync(
            new LoadScenario("test", shape, (context, _) => step(context)), () => { }, TestContext.Current.CancellationToken);
}
