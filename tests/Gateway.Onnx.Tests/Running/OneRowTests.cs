using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Onnx.Manifest;
using Gateway.Onnx.Running;
using Gateway.Onnx.Tests.Text;

namespace Gateway.Onnx.Tests.Running;

public sealed class OneRowTests : IDisposable
{
    private readonly FixtureModel _fixture = FixtureModel.Create();
    private readonly GatedTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("\u0001", ErrorKind.InvalidScore, "NaN")]
    [InlineData("\u0002", ErrorKind.InvalidScore, "Infinity")]
    [InlineData("\u0003", ErrorKind.ModelFailed, "could not run")]
    public async Task ScoreAsync_ModelFailsOnAText_FailsThatItemOnly(string response, ErrorKind kind, string message)
    {
        await using var model = await _fixture.LoadAsync(options: new OnnxOptions { Workers = 1 });
        var good = HardenedItems.Conversation("Hi", "Hello");
        var expected = (await model.ScoreAsync(good)).Score?.Value;
        var results = await model.ScoreAsync([good, HardenedItems.Conversation("SECRET", response + "SECRET"), good], Cancellation);
        Assert.NotNull(expected);
        Assert.Equal(expected, results[0].Score?.Value);
        Assert.Equal(expected, results[2].Score?.Value);
        Assert.Equal(kind, results[1].Failure?.Kind);
        Assert.Contains(message, results[1].Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", results[1].Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScoreAsync_TextsCannotBeRead_FailsThemWithoutQuoting()
    {
        await using var model = await _fixture.LoadAsync();
        var lease = new TextLease();
        var text = HardenedItems.Leased(lease, "Gone");
        var item = HardenedItems.Of(new ItemBody.Conversation([], [text]));
        lease.Dispose();
        var results = await model.ScoreAsync([item, HardenedItems.Conversation("Hi", "Hello")], Cancellation);
        Assert.Equal(ErrorKind.ModelFailed, results[0].Failure?.Kind);
        Assert.Contains(nameof(ObjectDisposedException), results[0].Failure!.Message, StringComparison.Ordinal);
        Assert.True(results[1].IsScore);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task ScoreAsync_AnyCompanyAndWorker_IsBitwiseStable(int workers)
    {
        await using var model = await _fixture.LoadAsync(options: new OnnxOptions { Workers = workers });
        var random = new Random(workers);
        var texts = Enumerable.Range(0, 12).Select(i => HardenedItems.Conversation($"Question {i}?", string.Concat(Enumerable.Repeat("word ", i * 3)))).ToArray();
        var alone = new long[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            alone[i] = Bits(await model.ScoreAsync(texts[i]));
        }

        for (var company = 0; company < 200; company += 4)
        {
            var picks = Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, random.Next(1, 30)).Select(_ => random.Next(texts.Length)).ToArray()).ToArray();
            var calls = picks.Select(pick => model.ScoreAsync([.. pick.Select(i => texts[i])], Cancellation)).ToArray();
            for (var call = 0; call < calls.Length; call++)
            {
                Assert.Equal(picks[call].Select(i => alone[i]), (await calls[call]).Select(Bits));
            }
        }
    }

    [Fact]
    public async Task ScoreAsync_FullQueue_OverloadsWhatDoesNotFitAtOnce()
    {
        await using var model = await _fixture.LoadAsync(options: new OnnxOptions { Workers = 1, QueueItems = 3 }, time: _time);
        var running = await HoldWorkerAsync(model);
        var first = model.ScoreAsync(Items(2), Cancellation);
        var second = model.ScoreAsync(Items(4), Cancellation);
        var third = await model.ScoreAsync(Items(1), Cancellation);
        Assert.Equal(ErrorKind.Overloaded, Assert.Single(third).Failure?.Kind);
        Assert.Contains("Gateway:Onnx:QueueItems", third[0].Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(3, model.Waiting);
        _time.Open();
        Assert.All(await running, result => Assert.True(result.IsScore));
        Assert.All(await first, result => Assert.True(result.IsScore));
        Assert.Equal([null, ErrorKind.Overloaded, ErrorKind.Overloaded, ErrorKind.Overloaded], (await second).Select(result => result.Failure?.Kind));
        Assert.Equal(0, model.Waiting);
    }

    [Fact]
    public async Task ScoreAsync_CallerLeaves_FreesTheQueueAtOnce()
    {
        await using var model = await _fixture.LoadAsync(options: new OnnxOptions { Workers = 1, QueueItems = 100 }, time: _time);
        var running = await HoldWorkerAsync(model);
        using var leaving = new CancellationTokenSource();
        var departing = model.ScoreAsync(Items(100), leaving.Token);
        Assert.Equal(100, model.Waiting);
        await leaving.CancelAsync();

        // The worker still stands at the gate: nothing of this waits for its turn.
        Assert.All(await departing, result => Assert.Equal(ErrorKind.TimedOut, result.Failure?.Kind));
        Assert.Equal(0, model.Waiting);
        var next = model.ScoreAsync(Items(100), Cancellation);
        Assert.Equal(100, model.Waiting);
        _time.Open();
        Assert.All(await running, result => Assert.True(result.IsScore));
        Assert.All(await next, result => Assert.True(result.IsScore));
    }

    [Fact]
    public async Task ScoreAsync_CallerLeavesWithAnItemRunning_EndsOnlyAfterThatItem()
    {
        await using var model = await _fixture.LoadAsync(options: new OnnxOptions { Workers = 1 }, time: _time);
        _time.Close();
        using var leaving = new CancellationTokenSource();
        var departing = model.ScoreAsync(Items(5), leaving.Token);
        await _time.ArrivedAsync();
        await leaving.CancelAsync();
        Assert.False(departing.IsCompleted);
        _time.Open();
        Assert.Equal([null, ErrorKind.TimedOut, ErrorKind.TimedOut, ErrorKind.TimedOut, ErrorKind.TimedOut], (await departing).Select(result => result.Failure?.Kind));
    }

    [Fact]
    public async Task DisposeAsync_BusyModel_EndsTheRunningItemAndFailsTheRest()
    {
        var model = await _fixture.LoadAsync(options: new OnnxOptions { Workers = 1 }, time: _time);
        var running = await HoldWorkerAsync(model);
        var waiting = model.ScoreAsync(Items(3), Cancellation);
        var disposal = model.DisposeAsync().AsTask();
        Assert.All(await waiting, result => Assert.Equal(ErrorKind.NotReady, result.Failure?.Kind));
        Assert.Equal(ErrorKind.NotReady, (await model.ScoreAsync(Items(1)[0])).Failure?.Kind);
        Assert.False(disposal.IsCompleted);
        _time.Open();
        Assert.All(await running, result => Assert.True(result.IsScore));
        await disposal;
        await model.DisposeAsync();
        Assert.Equal(ErrorKind.NotReady, (await model.ScoreAsync(Items(1)[0])).Failure?.Kind);
    }

    [Fact]
    public async Task ScoreAsync_ShortestTexts_AreScored()
    {
        await using var model = await _fixture.LoadAsync();
        var results = await model.ScoreAsync(
            [HardenedItems.Conversation("Hi", ""), HardenedItems.Templated(""), HardenedItems.Ids(300), HardenedItems.Conversation("Hi", "<|im_end|></s>")], Cancellation);
        Assert.All(results, result => Assert.True(result.IsScore, result.Failure?.Message));
        Assert.Equal([1, 2], results.Skip(1).Take(2).Select(result => result.Score!.Tokens));
    }

    [Fact]
    public async Task ScoreAsync_NoTokensAtAll_IsThatItemsFailure()
    {
        _fixture.Manifest["bos"] = null;
        await using var model = await _fixture.LoadAsync();
        var failure = (await model.ScoreAsync(HardenedItems.Templated(""))).Failure;
        Assert.Equal(ErrorKind.InvalidRequest, failure?.Kind);
        Assert.Contains("has no tokens", failure!.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await model.ScoreAsync(HardenedItems.Ids(300))).Score?.Tokens);
    }

    [Theory]
    [InlineData("<s>")]
    [InlineData(null)]
    public async Task ScoreAsync_NoIds_IsThatItemsFailure(string? bos)
    {
        _fixture.Manifest["bos"] = bos;
        await using var model = await _fixture.LoadAsync();
        var results = await model.ScoreAsync([HardenedItems.Ids(), HardenedItems.Ids(300)], Cancellation);
        Assert.Equal(ErrorKind.InvalidRequest, results[0].Failure?.Kind);
        Assert.Equal("The list of token ids is empty; send at least one.", results[0].Failure!.Message);
        Assert.True(results[1].IsScore);
    }

    [Fact]
    public async Task ScoreAsync_TruncatedText_SaysSo()
    {
        await using var model = await _fixture.LoadAsync(new ModelDeployment(Truncation.Head, MaxTokens: 40));
        Assert.Equal(40, model.MaxTokens);
        var results = await model.ScoreAsync(
            [HardenedItems.Conversation("Hi", "Hello"), HardenedItems.Conversation(new string('x', 500), "Hello")], Cancellation);
        Assert.False(results[0].Score?.Truncated);
        Assert.True(results[1].Score?.Truncated);
        Assert.Equal(40, results[1].Score?.Tokens);
    }

    [Fact]
    public async Task ScoreAsync_Timings_TellQueueEncodeAndRun()
    {
        await using var model = await _fixture.LoadAsync(options: new OnnxOptions { Workers = 1 });
        var results = await model.ScoreAsync(Items(50), Cancellation);
        var timings = results.Select(result => result.Score!.Timings).ToArray();
        Assert.All(timings, timing => Assert.True(timing.Encode > TimeSpan.Zero && timing.Run > TimeSpan.Zero && timing.Queue > TimeSpan.Zero));
        Assert.True(timings[^1].Queue > timings[0].Queue);
    }

    [Fact]
    public async Task ScoreAsync_SeveralSessions_AsOnSeveralDevices_GiveTheSameScores()
    {
        await using var model = await _fixture.LoadAsync();
        var manifest = ManifestReader.Read(await File.ReadAllBytesAsync(_fixture.PathOf("model.json"), Cancellation), [])!;
        using var first = OnnxSession.Open(_fixture.PathOf("model.onnx"), ExecutionProvider.Cpu, 0);
        using var second = OnnxSession.Open(_fixture.PathOf("model.onnx"), ExecutionProvider.Cpu, 0);
        await using var plan = new OneRow([first, second], manifest, TextEncoderTests.Rules(), new OnnxOptions { Workers = 3 }, TimeProvider.System);
        var items = Items(40);
        var expected = await model.ScoreAsync(items, Cancellation);
        Assert.Equal(expected.Select(Bits), (await plan.ScoreAsync(items, Cancellation)).Select(Bits));
    }

    private static long Bits(ScoreResult result) => BitConverter.DoubleToInt64Bits(result.Score!.Value);

    private static HardenedItem[] Items(int count) => [.. Enumerable.Range(0, count).Select(i => HardenedItems.Conversation($"{i}?", "Yes."))];

    /// <summary>Closes the gate and waits until the only worker stands there with an item.</summary>
    private async Task<Task<IReadOnlyList<ScoreResult>>> HoldWorkerAsync(OnnxRewardModel model)
    {
        _time.Close();
        var running = model.ScoreAsync(Items(1), Cancellation);
        await _time.ArrivedAsync();
        return running;
    }
}
