using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>
/// A server that speaks one engine's wire over real HTTP. Scores are a pure function of the text; a text that says <see cref="Poison"/> is
/// refused with everything that came with it, in the engine's own error shape.
/// </summary>
internal abstract class ScriptedEngine : IAsyncDisposable
{
    /// <summary>A text that holds this is refused as too long.</summary>
    public const string Poison = "POISON";

    private ScriptedUpstream _upstream = null!;

    /// <summary>The kind that speaks to it.</summary>
    public abstract string Kind { get; }

    /// <summary>The manifest's keys beside kind, cluster, revision and template.</summary>
    public virtual string Manifest => "{}";

    /// <summary>The text's raw logit, as a float prints.</summary>
    public Func<string, JsonNode?> Score { get; set; } = text => JsonValue.Create(TextScore.Of(text));

    /// <summary>Changes a reply before it is sent.</summary>
    public Func<JsonNode, JsonNode> Bend { get; set; } = reply => reply;

    /// <summary>Changes a reply's text, for what no JSON holds.</summary>
    public Func<string, string> BendText { get; set; } = reply => reply;

    /// <summary>Answers in the place of the engine, where it returns true.</summary>
    public Func<HttpContext, Task<bool>> Instead { get; set; } = _ => Task.FromResult(false);

    /// <summary>The server.</summary>
    public ScriptedUpstream Upstream => _upstream;

    /// <summary>What was asked, newest last.</summary>
    public IEnumerable<JsonNode> Asked => _upstream.Seen.Select(seen => JsonNode.Parse(seen.Body)!);

    /// <summary>The route of scores.</summary>
    protected abstract string Route { get; }

    /// <summary>The status of a text that is too long.</summary>
    public virtual int RefusedStatus => 400;

    /// <summary>Starts the server.</summary>
    public Task StartAsync() => StartAsync(_ => { });

    /// <summary>The same with TLS, or another version of HTTP.</summary>
    public async Task StartAsync(Action<ListenOptions> listen) => _upstream = await ScriptedUpstream.StartAsync(AnswerAsync, Kind, listen);

    /// <summary>An error as the engine shapes it.</summary>
    public abstract string Error(int status, string message);

    /// <summary>The words with which the engine refuses long text.</summary>
    public abstract string TooLong { get; }

    /// <summary>The list of a reply with one entry per text.</summary>
    public abstract JsonArray Entries(JsonNode reply);

    /// <summary>Whether entries carry their place.</summary>
    public virtual bool HasIndex => true;

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    /// <summary>The texts of a request.</summary>
    protected abstract IReadOnlyList<string> Texts(JsonNode request);

    /// <summary>The reply to texts with these scores.</summary>
    protected abstract JsonNode Reply(JsonNode request, IReadOnlyList<string> texts);

    /// <summary>What the engine does on other routes than that of scores.</summary>
    protected virtual Task OtherAsync(HttpContext http, JsonNode request) => ScriptedUpstream.JsonAsync(http, 404, Error(404, "Not Found"));

    private async Task AnswerAsync(HttpContext http)
    {
        if (await Instead(http))
        {
            return;
        }

        var request = JsonNode.Parse(SeenRequest.BodyOf(http))!;
        if (http.Request.Path != Route)
        {
            await OtherAsync(http, request);
            return;
        }

        var texts = Texts(request);
        await (texts.Any(text => text.Contains(Poison, StringComparison.Ordinal))
            ? ScriptedUpstream.JsonAsync(http, RefusedStatus, Error(RefusedStatus, TooLong))
            : ScriptedUpstream.JsonAsync(http, 200, BendText(Bend(Reply(request, texts)).ToJsonString())));
    }

    protected static IReadOnlyList<string> Strings(JsonNode? list) => [.. list!.AsArray().Select(text => text!.GetValue<string>())];

    protected static int Tokens(IEnumerable<string> texts) => texts.Sum(text => Encoding.UTF8.GetByteCount(text) / 4 + 1);
}

/// <summary>A pure function of a text, between -8 and 8.</summary>
internal static class TextScore
{
    public static float Of(string text)
    {
        var hash = 2166136261;
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ value) * 16777619;
        }

        return ((hash >> 8) / (float)(1 << 24) * 16) - 8;
    }
}
