namespace Gateway.LoadTests.Load;

/// <summary>
/// The default runner. Open-loop operations are timed from when they were due, not from when the runner got round to them, so a stall of
/// the server (or of the runner) counts against every operation it delayed: what is called safe from coordinated omission.
/// </summary>
internal sealed class OpenLoopRunner(TimeProvider time) : ILoadRunner
{
    /// <summary>Open-loop operations that may wait for answers at a time; further ones are counted as <c>not_started</c>.</summary>
    public const int MostInFlight = 16_384;

    /// <inheritdoc/>
    public async Task<bool> RunAsync(LoadScenario scenario, TextWriter output, CancellationToken cancellation)
    {
        var report = await MeasureAsync(scenario, static () => { }, cancellation);
        await output.WriteLineAsync(report.ToString());
        return report.Failed == 0;
    }

    /// <summary>Sets up, warms up, calls <paramref name="opened"/>, measures, tears down.</summary>
    /// <param name="scenario">What to run.</param>
    /// <param name="opened">Called once at the opening of the measured window, with nothing in flight.</param>
    /// <param name="cancellation">Abandons the run.</param>
    public async Task<LoadReport> MeasureAsync(LoadScenario scenario, Action opened, CancellationToken cancellation)
    {
        await scenario.SetUp(cancellation);
        try
        {
            if (scenario.Shape.WarmUp > TimeSpan.Zero)
            {
                await WindowAsync(scenario with { Shape = WarmUpOf(scenario.Shape) }, new LoadRecorder(), cancellation);
            }

            var recorder = new LoadRecorder();
            opened();
            var elapsed = await WindowAsync(scenario, recorder, cancellation);
            return recorder.Report(scenario.Name, elapsed);
        }
        finally
        {
            await scenario.TearDown(CancellationToken.None);
        }
    }

    private static LoadShape WarmUpOf(LoadShape shape) => shape with { Duration = shape.WarmUp, Operations = null };

    private async Task<TimeSpan> WindowAsync(LoadScenario scenario, LoadRecorder recorder, CancellationToken cancellation)
    {
        var opened = time.GetTimestamp();
        await (scenario.Shape switch
        {
            LoadShape.Closed closed => ClosedAsync(closed, opened, scenario, recorder, cancellation),
            LoadShape.Open open => OpenAsync(open, opened, scenario, recorder, cancellation),
            _ => throw new InvalidOperationException("A load shape has no runner. This is a bug."),
        });
        return time.GetElapsedTime(opened);
    }

    private async Task ClosedAsync(
        LoadShape.Closed shape, long opened, LoadScenario scenario, LoadRecorder recorder, CancellationToken cancellation)
    {
        var next = -1L;
        await Task.WhenAll(Enumerable.Range(0, shape.Callers).Select(_ => CallAsync()));

        async Task CallAsync()
        {
            while (time.GetElapsedTime(opened) is var now && now < shape.Duration
                && Interlocked.Increment(ref next) is var operation && operation < (shape.Operations ?? long.MaxValue))
            {
                await OneAsync(scenario, operation, opened, now, recorder, cancellation);
            }
        }
    }

    private async Task OpenAsync(LoadShape.Open shape, long opened, LoadScenario scenario, LoadRecorder recorder, CancellationToken cancellation)
    {
        var running = new HashSet<Task>();
        var last = Math.Min(shape.Operations ?? long.MaxValue, (long)Math.Ceiling(shape.Duration.TotalSeconds * shape.Rate));
        for (var operation = 0L; operation < last; operation++)
        {
            var due = TimeSpan.FromSeconds(operation / shape.Rate);
            while (due - time.GetElapsedTime(opened) is var ahead && ahead > TimeSpan.Zero)
            {
                // Timers count whole milliseconds: rounding down would begin operations before they are due.
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(ahead.TotalMilliseconds)), time, cancellation);
            }

            if (running.Count >= MostInFlight && running.RemoveWhere(static task => task.IsCompletedSuccessfully) == 0)
            {
                recorder.Record(StepOutcome.Failed("not_started"), default);
                continue;
            }

            running.Add(OneAsync(scenario, operation, opened, due, recorder, cancellation));
        }

        await Task.WhenAll(running);
    }

    private async Task OneAsync(
        LoadScenario scenario, long operation, long opened, TimeSpan due, LoadRecorder recorder, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var outcome = await GuardedAsync(scenario, operation, cancellation);
        recorder.Record(outcome, time.GetElapsedTime(opened) - due);
    }

    private static async Task<StepOutcome> GuardedAsync(LoadScenario scenario, long operation, CancellationToken cancellation)
    {
        try
        {
            return await scenario.Step(new LoadContext(operation), cancellation);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            return StepOutcome.Failed(exception is OperationCanceledException ? "timed_out" : exception.GetType().Name);
        }
    }
}
