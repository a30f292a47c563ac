using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Testing;

/// <summary>What every kind of reward model must do; derive it, say how a model is made, and all of it is tested.</summary>
public abstract class RewardModelConformance
{
    private const int Many = 60;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Makes a model that is ready; disposed after the test where it can be.</summary>
    protected abstract Task<IRewardModel> CreateAsync();

    /// <summary>An item that the model must fail, by itself and without harm to others; null where there is no such item.</summary>
    protected virtual HardenedItem? FailingItem => null;

    [Fact]
    public Task ScoreAsync_NoItems_GivesNoResults() => WithModelAsync(async model => Assert.Empty(await model.ScoreAsync([], Cancellation)));

    [Fact]
    public Task Identity_OfALoadedModel_IsStated() => WithModelAsync(async model =>
    {
        Assert.NotEmpty(model.Name);
        Assert.NotEmpty(model.Revision);
        await Task.CompletedTask;
    });

    [Fact]
    public Task ScoreAsync_ManyItems_GivesEachItsOwnScoreInOrder() => WithModelAsync(async model =>
    {
        var items = Items(Many);
        var together = await model.ScoreAsync(items, Cancellation);
        Assert.Equal(items.Length, together.Count);
        for (var i = 0; i < items.Length; i++)
        {
            Assert.Equal(await ScoreOfAsync(model, items[i]), ScoreOf(together[i]));
        }
    });

    [Fact]
    public Task ScoreAsync_SeveralResponses_GivesOneResultEach() => WithModelAsync(async model =>
    {
        var results = await model.ScoreAsync(
            [HardenedItems.Conversation("Say hello.", "Hello!", "No.", "Hello there, friend."), HardenedItems.Conversation("Say bye.", "Bye.")], Cancellation);
        Assert.Equal(4, results.Count);
        Assert.All(results, result => ScoreOf(result));
    });

    [Fact]
    public Task ScoreAsync_Duplicates_GivesEqualScores() => WithModelAsync(async model =>
    {
        var results = await model.ScoreAsync([.. Enumerable.Range(0, Many).Select(_ => HardenedItems.Conversation("Why?", "Because."))], Cancellation);
        Assert.Single(results.Select(ScoreOf).Distinct());
    });

    [Fact]
    public Task ScoreAsync_CancelledBefore_TimesEverythingOut() => WithModelAsync(async model =>
    {
        var results = await model.ScoreAsync(Items(Many), new CancellationToken(canceled: true));
        Assert.Equal(Many, results.Count);
        Assert.All(results, result => Assert.Equal(ErrorKind.TimedOut, result.Failure?.Kind));
    });

    [Fact]
    public Task ScoreAsync_CancelledDuring_EndsWithScoresOrTimeouts() => WithModelAsync(async model =>
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var scoring = model.ScoreAsync(Items(2000), leaving.Token);
        await leaving.CancelAsync();
        var results = await scoring;
        Assert.Equal(2000, results.Count);
        Assert.All(results, result => Assert.True(result.IsScore || result.Failure?.Kind == ErrorKind.TimedOut, result.Failure?.Message));
        await ScoreOfAsync(model, Items(1)[0]);
    });

    [Fact]
    public Task ScoreAsync_ConcurrentCalls_GiveWhatSingleCallsGive() => WithModelAsync(async model =>
    {
        var items = Items(Many);
        var alone = (await model.ScoreAsync(items, Cancellation)).Select(ScoreOf).ToArray();
        var calls = Enumerable.Range(0, 8).Select(call => model.ScoreAsync([.. items.Skip(call * 5)], Cancellation)).ToArray();
        for (var call = 0; call < calls.Length; call++)
        {
            Assert.Equal(alone[(call * 5)..], (await calls[call]).Select(ScoreOf));
        }
    });

    [Fact]
    public Task ScoreAsync_LeasedTexts_AreNotReadAfterTheEnd() => WithModelAsync(async model =>
    {
        for (var round = 0; round < 20; round++)
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var lease = new TextLease();
            var lists = Enumerable.Range(0, Many).Select(i => new WatchedList<Utf8Text>([HardenedItems.Leased(lease, $"Answer {i}.")])).ToArray();
            var scoring = model.ScoreAsync(
                [.. lists.Select(list => HardenedItems.Of(new ItemBody.Conversation([new Message(Message.User, HardenedItems.Leased(lease, "Ask."))], list)))], leaving.Token);
            if (round % 2 == 0)
            {
                await leaving.CancelAsync();
            }

            var results = await scoring;
            Array.ForEach(lists, list => list.End());
            lease.Dispose();
            Assert.All(results, result => Assert.True(result.IsScore || result.Failure?.Kind == ErrorKind.TimedOut, result.Failure?.Message));

            // Whoever still held one of those texts has had its turn once these are through.
            await model.ScoreAsync(Items(Many), Cancellation);
            Assert.All(lists, list => Assert.False(list.ReadTooLate));
        }
    });

    [Fact]
    public Task ScoreAsync_OneItemFails_LeavesItsSiblingsAlone() => WithModelAsync(async model =>
    {
        Assert.SkipWhen(FailingItem is null, "This kind has no item that must fail.");
        var items = Items(9);
        var results = await model.ScoreAsync([.. items[..4], FailingItem!, .. items[4..]], Cancellation);
        Assert.False(results[4].IsScore);
        Assert.NotEmpty(results[4].Failure!.Message);
        for (var i = 0; i < items.Length; i++)
        {
            Assert.Equal(await ScoreOfAsync(model, items[i]), ScoreOf(results[i < 4 ? i : i + 1]));
        }
    });

    private static HardenedItem[] Items(int count) =>
        [.. Enumerable.Range(0, count).Select(i => HardenedItems.Conversation($"What is {i} + {i}?", $"It is {i + i}" + new string('!', i % 7)))];

    private static async Task<double> ScoreOfAsync(IRewardModel model, HardenedItem item) =>
        ScoreOf(Assert.Single(await model.ScoreAsync([item], Cancellation)));

    private static double ScoreOf(ScoreResult result) => result.Score?.Value ?? throw new Xunit.Sdk.XunitException(result.Failure!.Message);

    private async Task WithModelAsync(Func<IRewardModel, Task> test)
    {
        var model = await CreateAsync();
        try
        {
            await test(model);
        }
        finally
        {
            if (model is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync();
            }
        }
    }
}
