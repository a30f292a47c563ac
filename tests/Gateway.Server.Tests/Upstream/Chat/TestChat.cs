using System.Text.Json.Nodes;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;
using Gateway.Server.Upstream.Chat;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Tests.Upstream.Chat;

/// <summary>A chat client over a pool whose cluster <c>c</c> is one scripted server.</summary>
internal sealed class TestChat : IAsyncDisposable
{
    private readonly TestPool _pool;

    private TestChat(ScriptedUpstream upstream, TestPool pool, OpenAiChat client) => (Upstream, _pool, Client) = (upstream, pool, client);

    public ScriptedUpstream Upstream { get; }

    public OpenAiChat Client { get; }

    /// <summary>The newest request's body.</summary>
    public JsonNode Asked => JsonNode.Parse(Upstream.Seen.Last().Body)!;

    public static Task<TestChat> StartAsync(string reply, ChatSettings? settings = null) =>
        StartAsync(http => ScriptedUpstream.JsonAsync(http, 200, reply), settings);

    public static async Task<TestChat> StartAsync(RequestDelegate handle, ChatSettings? settings = null, params (string Key, string Value)[] more)
    {
        var upstream = await ScriptedUpstream.StartAsync(handle);
        var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:RetryFloor", "100"), .. more]);
        return new TestChat(upstream, pool, new OpenAiChat(pool.Pool, settings ?? new ChatSettings { Cluster = "c", Model = "m" }, TimeProvider.System));
    }

    public Task<ChatResponse> AskAsync(string text = "Judge.", ChatOptions? options = null) =>
        Client.GetResponseAsync([new ChatMessage(ChatRole.User, text)], options, TestContext.Current.CancellationToken);

    /// <summary>The kind of failure that a call ends with.</summary>
    public async Task<GatewayException> FailAsync(string text = "Judge.", ChatOptions? options = null) =>
        await Assert.ThrowsAsync<GatewayException>(() => AskAsync(text, options));

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}
