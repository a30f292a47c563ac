using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Server.Tests.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Judging;

/// <summary>A whole gateway with one judge named <c>judge</c> over a scripted engine.</summary>
internal sealed class JudgeGateway : IAsyncDisposable
{
    private readonly string _folder;

    private JudgeGateway(string folder, ScriptedUpstream engine, TestGateway gateway) => (_folder, Engine, Gateway) = (folder, engine, gateway);

    public ScriptedUpstream Engine { get; }

    public TestGateway Gateway { get; }

    /// <summary>The texts that the judge was sent, newest last: its last user turn.</summary>
    public string[] Asked => [.. Engine.Seen.Where(request => request.Path.StartsWith("/v1/chat", StringComparison.Ordinal)).Select(request => Last(request.Body))];

    /// <summary>Starts a judge that answers what <paramref name="answer"/> says to its last user turn.</summary>
    public static async Task<JudgeGateway> StartAsync(string manifest, Func<string, string> answer, params (string Key, string Value)[] settings) =>
        await StartAsync(manifest, (http, asked) => ScriptedUpstream.JsonAsync(http, 200, Reply(answer(asked))), settings);

    /// <summary>Starts a judge whose engine answers as it likes.</summary>
    public static Task<JudgeGateway> StartAsync(string manifest, Func<HttpContext, string, Task> answer, params (string Key, string Value)[] settings) =>
        StartAsync(TimeProvider.System, manifest, prompt: null, answer, settings);

    /// <summary>The same with a prompt of its own, which the manifest names as <c>prompt.txt</c>.</summary>
    public static Task<JudgeGateway> StartAsync(string manifest, string? prompt, Func<HttpContext, string, Task> answer, params (string Key, string Value)[] settings) =>
        StartAsync(TimeProvider.System, manifest, prompt, answer, settings);

    /// <summary>The same on a clock that the test drives.</summary>
    public static Task<JudgeGateway> StartAsync(TimeProvider clock, string manifest, Func<HttpContext, string, Task> answer, params (string Key, string Value)[] settings) =>
        StartAsync(clock, manifest, prompt: null, answer, settings);

    private static async Task<JudgeGateway> StartAsync(
        TimeProvider clock, string manifest, string? prompt, Func<HttpContext, string, Task> answer, (string Key, string Value)[] settings)
    {
        var engine = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, 404, "no"));
        // Whatever else is asked are probes.
        engine.Handle = http => http.Request.Path.StartsWithSegments("/v1/chat", StringComparison.Ordinal)
            ? answer(http, Last(SeenRequest.BodyOf(http)))
            : ScriptedUpstream.JsonAsync(http, 200, "{}");
        var folder = Directory.CreateTempSubdirectory("judges-").FullName;
        var own = Directory.CreateDirectory(Path.Combine(folder, "judge")).FullName;
        await File.WriteAllTextAsync(Path.Combine(own, "model.json"), manifest, TestContext.Current.CancellationToken);
        if (prompt is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(own, "prompt.txt"), prompt, TestContext.Current.CancellationToken);
        }

        var gateway = TestGateway.WithEmbeddedModel(
            clock, [.. ScriptedUpstream.Cluster("judges", engine), ("Gateway:ModelsFolder", folder), ("Gateway:DefaultModel", "judge"), .. settings]);
        return new JudgeGateway(folder, engine, gateway);
    }

    /// <summary>The manifest of a judge of this style.</summary>
    public static string Manifest(string style, string more = "") =>
        $$"""{"kind": "judge", "cluster": "judges", "upstream_model": "m", "revision": "2026-11", "style": {{style}}{{(more.Length > 0 ? ", " + more : "")}}}""";

    /// <summary>A reply as engines write it.</summary>
    public static string Reply(string content, string finish = "stop") => JsonSerializer.Serialize(new
    {
        id = "chatcmpl-1",
        @object = "chat.completion",
        created = 1,
        model = "m",
        choices = new[] { new { index = 0, message = new { role = "assistant", content }, finish_reason = finish } },
        usage = new { prompt_tokens = 100, completion_tokens = 20, total_tokens = 120 },
    });

    /// <summary>Posts a native request.</summary>
    public async Task<(int Status, JsonNode Json)> ScoreAsync(object body)
    {
        var (status, json, _) = await Gateway.PostAsync("/v1/score", body as string ?? JsonSerializer.Serialize(body));
        return (status, json!);
    }

    /// <summary>Posts a native request whose deadline, of a minute at most, passes once so many of the judge's calls have ended and so many were begun.</summary>
    public Task<(int Status, JsonNode Json)> ScoreUntilDeadlineAsync(FakeTimeProvider clock, object body, int ended, int begun) =>
        UntilDeadlineAsync(Gateway, Engine, clock, () => ScoreAsync(body), ended, begun);

    /// <summary>The same for a request to any gateway with judges on this engine.</summary>
    public static async Task<T> UntilDeadlineAsync<T>(TestGateway gateway, ScriptedUpstream engine, FakeTimeProvider clock, Func<Task<T>> scoreAsync, int ended, int begun)
    {
        using var counters = new Counters(gateway.Services);
        var scoring = scoreAsync();
        await Eventually.TrueAsync(() => counters["gateway.judge.calls"] >= ended && engine.InFlight == begun - ended, "what the judge answers was answered, and the rest is asked");
        clock.Advance(TimeSpan.FromMinutes(1));
        return await scoring;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Last(string body) => JsonNode.Parse(body)!["messages"]!.AsArray()[^1]!["content"]!.GetValue<string>();
}
