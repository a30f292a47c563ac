using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Tests;

public sealed class ModelLoadTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ModelLoad _load = new(concurrency: 1);
    private readonly Admission _admission = new(Options.Create(new LimitsOptions { ItemsInFlight = 10 }));

    private ModelEntry Entry => new(new ScriptedModel(), [], default, _load);

    [Fact]
    public void ExpectedWait_NothingKnown_IsZero()
    {
        _load.Enter(1_000_000);

        Assert.Equal(TimeSpan.Zero, _load.ExpectedWait);
    }

    [Fact]
    public void ExpectedWait_OneSmallSlowText_TellsNothing()
    {
        Run(60, Second);
        _load.Enter(1_000_000);

        Assert.Equal(TimeSpan.Zero, _load.ExpectedWait);
    }

    [Fact]
    public void ExpectedWait_KnownSpeed_IsPendingBytesOverIt()
    {
        Run(100_000, 100 * Second);
        _load.Enter(5_000);

        Assert.Equal(5 * Second, _load.ExpectedWait);
    }

    [Fact]
    public void ExpectedWait_ModelOfFourWorkers_IsAQuarter()
    {
        var load = new ModelLoad(concurrency: 4);
        load.Enter(100_000);
        load.Leave(100_000, 100_000, 100 * Second);
        load.Enter(8_000);

        Assert.Equal(2 * Second, load.ExpectedWait);
    }

    [Fact]
    public void ExpectedWait_WorkThatFailed_TellsNoSpeed()
    {
        _load.Enter(1_000_000);
        _load.Leave(1_000_000, scored: 0, TimeSpan.Zero);
        _load.Enter(1_000);

        Assert.Equal(TimeSpan.Zero, _load.ExpectedWait);
    }

    [Fact]
    public void ExpectedWait_NewSpeed_TakesOver()
    {
        Run(1_000_000, 1_000 * Second);
        for (var i = 0; i < 100; i++)
        {
            Run(1_000_000, 500 * Second);
        }

        _load.Enter(2_000);

        Assert.Equal(1.0, _load.ExpectedWait.TotalSeconds, 3);
    }

    [Fact]
    public void ExpectedWait_WorkDone_IsZeroAgain()
    {
        Run(100_000, 100 * Second);

        Assert.Equal(TimeSpan.Zero, _load.ExpectedWait);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    public void EnterItems_FiveSecondsOfWork_RefusesWhoWaitsLess(int patienceSeconds, bool refused)
    {
        Run(100_000, 100 * Second);
        _load.Enter(5_000);

        var fault = Record.Exception(() => _admission.EnterItems(Entry, 1, 1, patienceSeconds * Second));

        Assert.Equal(refused, fault is GatewayException { Kind: ErrorKind.Overloaded });
        Assert.Equal(refused ? 0 : 1, _admission.Items);
    }

    [Fact]
    public void EnterItems_Refused_SaysWhenToComeBack()
    {
        Run(100_000, 100 * Second);
        _load.Enter(65_000);

        var fault = Assert.Throws<GatewayException>(() => _admission.EnterItems(Entry, 1, 1, 60 * Second));

        Assert.Equal(5 * Second, fault.RetryAfter);
    }

    [Fact]
    public void EnterItems_MoreThanFit_TakesNone()
    {
        _admission.EnterItems(Entry, 6, 1, Second);

        Assert.Throws<GatewayException>(() => _admission.EnterItems(Entry, 5, 1, Second));
        Assert.Equal(6, _admission.Items);
        _admission.EnterItems(Entry, 4, 1, Second);
        Assert.Equal(10, _admission.Items);
    }

    [Fact]
    public async Task EnterBytes_BesideSomeThatNeverFit_TakesWhatFits()
    {
        var limit = new LimitsOptions().BytesInFlight;
        using var done = new CancellationTokenSource();
        var tried = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var greedy = Task.Factory.StartNew(
            () =>
            {
                var refused = 0;
                while (!done.IsCancellationRequested)
                {
                    refused += Record.Exception(() => _admission.EnterBytes(limit + 1)) is GatewayException ? 1 : 0;
                    tried.TrySetResult();
                }

                return refused;
            },
            TaskCreationOptions.LongRunning);
        await tried.Task.WaitAsync(TestContext.Current.CancellationToken);

        for (var i = 0; i < 200_000; i++)
        {
            _admission.EnterBytes(limit);
            _admission.LeaveBytes(limit);
        }

        await done.CancelAsync();
        Assert.True(await greedy > 0, "Nothing was refused, so nothing was tried.");
        Assert.Equal(0, _admission.Bytes);
    }

    private void Run(long bytes, TimeSpan time)
    {
        _load.Enter(bytes);
        _load.Leave(bytes, bytes, time);
    }
}
