using System.Globalization;
using System.Text.Json;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Engines;

/// <summary>
/// TEI's <c>POST /predict</c>: texts or pairs in, a list of <c>{score, label}</c> each out. <c>raw_scores</c> asks for logits, without which it
/// answers a sigmoid; <c>truncate: false</c> refuses long text, which it cuts without a word by default.
/// </summary>
internal sealed class TeiPredict : IUpstreamProtocol
{
    /// <inheritdoc/>
    public string Kind => "tei-predict";

    /// <inheritdoc/>
    public EngineTraits Traits { get; } = new()
    {
        Engine = Engine.Tei,
        Forms = [RemoteForm.Text, RemoteForm.Pair],
        Keys = ["labels", "label", "max_tokens"],
        // Its --payload-limit is 2,000,000, and escapes make text longer.
        MostBytes = 1_000_000,
        WritesBos = true,
    };

    /// <inheritdoc/>
    public UpstreamCall Write(RemoteManifest model, IReadOnlyList<RemoteText> texts) => EngineJson.Post(model, "/predict", texts, json =>
    {
        // Lists in a list: a flat one would be a single text or a single pair.
        json.WriteStartArray("inputs");
        foreach (var text in texts)
        {
            json.WriteStartArray();
            if (text.IsPair)
            {
                json.WriteStringValue(text.Prompt.Span);
            }

            json.WriteStringValue(text.Text.Span);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteBoolean("raw_scores", true);
        json.WriteBoolean("truncate", false);
    });

    /// <inheritdoc/>
    public EngineScore[] Read(RemoteManifest model, UpstreamReply reply, IReadOnlyList<RemoteText> texts)
    {
        EngineScore[] scores = [.. EngineJson.Parse(reply.Body).List(texts.Count).Select(labels => Score(model, labels))];
        return EngineJson.Shared(
            scores, int.TryParse(reply.Header("x-compute-tokens"), NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) ? tokens : 0, texts);
    }

    /// <inheritdoc/>
    public UpstreamCall? WriteCount(RemoteManifest model, RemoteText text) => text.IsPair ? null : EngineJson.Post(model, "/tokenize", json =>
    {
        json.WriteTexts("inputs", [text.Text]);
        json.WriteBoolean("add_special_tokens", true);
    });

    /// <inheritdoc/>
    public int ReadCount(JsonElement reply) => reply.List(1)[0] is { ValueKind: JsonValueKind.Array } tokens
        ? tokens.GetArrayLength()
        : throw new UnreadableReplyException("it holds no list of tokens");

    // Labels come sorted by score, so their names tell them apart; a single one may have any name.
    private static EngineScore Score(RemoteManifest model, JsonElement labels)
    {
        if (labels.ValueKind != JsonValueKind.Array || labels.GetArrayLength() != model.Labels.Count)
        {
            return EngineScore.Failed(
                ErrorKind.UpstreamFailed, $"the engine gave other than the manifest's {model.Labels.Count} labels; let 'labels' name them all, or serve the right model");
        }

        var wanted = labels.EnumerateArray()
            .Where(entry => model.Labels.Count == 1 || entry.Property("label", JsonValueKind.String).ValueEquals(model.Labels[model.Label]))
            .ToArray();
        return wanted.Length == 1 && wanted[0].ValueKind == JsonValueKind.Object && wanted[0].TryGetProperty("score", out var score)
            ? score.Logit()
            : EngineScore.Failed(ErrorKind.UpstreamFailed, $"the engine gave no score for the label '{model.Labels[model.Label]}'; name the label that it names");
    }
}
