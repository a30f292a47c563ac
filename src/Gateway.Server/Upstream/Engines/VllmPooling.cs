using System.Text.Json;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Engines;

/// <summary>
/// vLLM's <c>POST /pooling</c>: a reward model's row per text (task <c>classify</c>), or a row per token or step (<c>token_classify</c>), of which
/// the last counts or all are reduced. Process reward models need <c>--pooler-config</c> with the step tag, or have it built in.
/// </summary>
internal sealed class VllmPooling : IUpstreamProtocol
{
    /// <inheritdoc/>
    public string Kind => "vllm-pooling";

    /// <inheritdoc/>
    public EngineTraits Traits { get; } = new()
    {
        Engine = Engine.Vllm,
        Forms = [RemoteForm.Text, RemoteForm.Messages],
        Keys = ["upstream_model", "labels", "label", "max_tokens", "pooling", "steps"],
    };

    /// <inheritdoc/>
    public UpstreamCall Write(RemoteManifest model, IReadOnlyList<RemoteText> texts) => EngineJson.Post(model, "/pooling", texts, json =>
    {
        json.WriteModel(model);
        json.WriteString("task", model.Pooling == Pooling.Sequence ? "classify" : "token_classify");
        json.WriteInput(texts);
        json.WriteRaw();
        json.WriteString("encoding_format", "float");
    });

    /// <inheritdoc/>
    public EngineScore[] Read(RemoteManifest model, UpstreamReply reply, IReadOnlyList<RemoteText> texts)
    {
        var root = EngineJson.Parse(reply.Body);
        var entries = VllmWire.Entries(root, model, texts.Count);
        EngineScore[] scores = [.. entries.Select((entry, i) => Score(model, entry.Property("data", JsonValueKind.Array), texts[i].Steps))];
        return scores.SharingTokens(root, texts);
    }

    /// <inheritdoc/>
    public UpstreamCall? WriteCount(RemoteManifest model, RemoteText text) => VllmWire.WriteCount(model, text);

    /// <inheritdoc/>
    public int ReadCount(JsonElement reply) => VllmWire.ReadCount(reply);

    private static EngineScore Score(RemoteManifest model, JsonElement data, int steps)
    {
        var rows = data.GetArrayLength() > 0 && data[0].ValueKind == JsonValueKind.Array;
        return (model.Pooling, rows) switch
        {
            (Pooling.Sequence, false) => data.Logit(model),
            (Pooling.Sequence, true) => EngineScore.Failed(
                ErrorKind.UpstreamFailed, "the engine gave a row per token where one per text was asked for; write \"pooling\": \"last_token\" or \"steps\""),
            (Pooling.LastToken, true) => data[data.GetArrayLength() - 1].Logit(model),
            (Pooling.Steps, true) when data.GetArrayLength() == steps => OfSteps(model, data),
            (Pooling.Steps, _) => EngineScore.Failed(
                ErrorKind.UpstreamFailed,
                $"the engine gave {(rows ? data.GetArrayLength() : 0)} rows for {steps} steps; start vLLM with --pooler-config naming the step tag, and write that tag as 'steps.tag'"),
            _ => EngineScore.Failed(ErrorKind.UpstreamFailed, "the engine gave no row per token; write \"pooling\": \"sequence\", or serve a token-wise model"),
        };
    }

    private static EngineScore OfSteps(RemoteManifest model, JsonElement rows)
    {
        var steps = new List<double>();
        var sumToOne = model.Labels.Count > 1;
        foreach (var row in rows.EnumerateArray())
        {
            if (row.LogitOfRow(model).Failure is { } failure)
            {
                return EngineScore.Failed(failure.Kind, failure.Message);
            }

            if (row.EnumerateArray().Any(value => value.ValueKind != JsonValueKind.Number))
            {
                return EngineScore.Failed(ErrorKind.InvalidScore, "the engine gave something else than numbers for a step");
            }

            double[] logits = [.. row.EnumerateArray().Select(value => value.GetDouble())];
            sumToOne &= row.SumToOne();
            steps.Add(LogOdds(logits, model.Label));
        }

        return sumToOne
            ? EngineScore.Failed(
                ErrorKind.InvalidScore, "every step's numbers sum to 1 although raw logits were asked for, so the engine applies a softmax; let it serve raw logits")
            : EngineScore.Of(model.Steps!.Reduction.Reduce(steps), steps: steps);
    }

    // log p/(1 − p) of a softmax, straight from its logits.
    private static double LogOdds(double[] logits, int label) => logits.Length == 1
        ? logits[0]
        : logits[label] - StepReductions.LogSumExp([.. logits.Where((_, i) => i != label)]);
}
