using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests;

public sealed class ModelLoadTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly ModelLoad _load;
    private readonly Admission _admission = new(Options.Create(new LimitsOptions { ItemsInFlight = 10 }));

    public ModelLoadTests() => _load = new ModelLoad(_clock);

    private ModelEntry Entry => new(new ScriptedModel(), [], default, _load);

    [Fact]
    public void ExpectedWait_NothingKnown_IsZero()
    {
        _load.Enter(1_000_000);

        Assert.Equal(TimeSpan.Zero, _load.ExpectedWait);
    }

    [Fact]
    public void ExpectedWait_KnownRate_IsPendingBytesOverIt()
    {
        Run(1_000, Second);
        _load.Enter(5_000);

        Assert.Equal(5 * Second, _load.ExpectedWait);
    }

    [Fact]
    public void ExpectedWait_AfterIdleTime_CountsNoneOfIt()
    {
        Run(1_000, Second);
        _clock.Advance(TimeSpan.FromHours(1));
        Run(1_000, Second);
        _load.Enter(1_000);

        Assert.Equal(Second, _load.ExpectedWait);
    }

    [Fact]
    public void ExpectedWait_WorkThatWasCancelled_TellsNoRate()
    {
        _load.Enter(1_000);
        _clock.Advance(Second);
        _load.Leave(1_000, ran: false);
        _load.Enter(1_000);

        Assert.Equal(TimeSpan.Zero, _load.ExpectedWait);
    }

    [Fact]
    public void ExpectedWait_NewRate_MovesTowardsIt()
    {
        Run(1_000, Second);
        Run(2_000, Second);
        _load.Enter(1_300);

        Assert.Equal(1.0, _load.ExpectedWait.TotalSeconds, 9);
    }

    [Fact]
    public void ExpectedWait_WorkDone_IsZeroAgain()
    {
        Run(1_000, Second);

        Assert.Equal(TimeSpan.Zero, _load.ExpectedWait);
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    public void EnterItems_FiveSecondsOfWork_RefusesWhoWaitsLess(int patienceSeconds, bool refused)
    {
        Run(1_000, Second);
        _load.Enter(5_000);

        var fault = Record.Exception(() => _admission.EnterItems(Entry, 1, 1, patienceSeconds * Second));

        Assert.Equal(refused, fault is GatewayException { Kind: ErrorKind.Overloaded });
        Assert.Equal(refused ? 0 : 1, _admission.Items);
    }

    [Fact]
    public void EnterItems_Refused_SaysWhenToComeBack()
    {
        Run(1_000, Second);
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
        _clock.Advance(time);
        _load.Leave(bytes, ran: true);
    }
}
