using System.Diagnostics.Metrics;
using System.Text;
using Gateway.Core.Scoring;
using Gateway.Server.Judging;
using Gateway.Server.Upstream;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Tests.Judging;

/// <summary>A bug of ours is no missing sample.</summary>
public sealed class JudgeBugTests : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task Score_SamplesOfAQuorumAndABugInAnother_IsTheBug()
    {
        var problems = new List<string>();
        var manifest = new JudgeManifestReader(_ => null, _ => Engine.None).Read(
            Encoding.UTF8.GetBytes(JudgeGateway.Manifest("""{"kind": "rubric"}""", """ "samples": 3, "quorum": 1, "sampling": {"temperature": 1}""")), problems)!;
        var limits = new JudgeLimits("j", new(), TimeProvider.System, new JudgeMetrics(_services.GetRequiredService<IMeterFactory>()));
        using var chat = new ThirdFails();
        var question = new JudgeQuestion(chat, manifest, new());
        // Nothing is generated, so nothing is kept.
        var generation = new JudgeGeneration(manifest.Generation, question, texts: null!, "r", makeshift: null);
        using var judge = new JudgeRewardModel(new ModelSource("j", "", new ModelDeployment()), manifest, "r", question, generation, limits) { Concurrency = 1 };

        await Assert.ThrowsAsync<NotSupportedException>(() => judge.ScoreAsync([HardenedItems.Conversation("Ask.", "Answer.")], TestContext.Current.CancellationToken));
        Assert.Equal(3, chat.Asked);
    }

    private sealed class ThirdFails : IChatClient
    {
        private int _asked;

        public int Asked => _asked;

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Interlocked.Increment(ref _asked) < 3
                ? Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, """{"explanation": "x", "score": 4}""")))
                : Task.FromException<ChatResponse>(new NotSupportedException("A bug."));

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
