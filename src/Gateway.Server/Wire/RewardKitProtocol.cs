using System.Text.Json;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>
/// reward-kit's server (now eval-protocol): <c>POST /evaluate {"messages", "ground_truth", "kwargs"}</c> → <c>{"score", "is_score_valid", "reason",
/// "metrics", "step_outputs", "error"}</c>. One of its clients passes over <c>is_score_valid</c>, so what has no score is a status that all of them take for
/// an error, <c>{"detail"}</c>; they retry none.
/// </summary>
internal sealed class RewardKitProtocol(IOptions<PatienceOptions> patience, IOptions<LimitsOptions> limits)
{
    private readonly ScoreOptions _options = new(TimeSpan.FromMilliseconds(patience.Value.RewardKit));
    private readonly int _mostMessages = limits.Value.MessagesPerItem;

    /// <summary>Maps the dialect's route.</summary>
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapWire("/evaluate", WireReply.Detail, HandleAsync).WithSummary("reward-kit's evaluation").WithTags("Dialects");

    private async Task HandleAsync(WireCall call)
    {
        var body = call.Parse(DialectJson.Default.RewardKitBody);
        var entry = call.Model(named: null, fallBack: true);
        var scored = await call.ScoreAsync(new ScoreRequest(entry.Model.Name, [Item(body, entry.Model)], _options));
        var score = scored.ScoresOrThrow(_ => "$.messages")[0];
        call.NameActivation("none");
        await call.ReplyAsync(json => Write(json, score, scored.Items[0][0].IsFloored));
    }

    private ScoreItem Item(RewardKitBody body, IRewardModel model)
    {
        var messages = WireMessage.ToCore(body.Messages ?? throw JsonFault.At("$.messages", "they are missing; send the conversation, the judged assistant turn last."), "$.messages", _mostMessages);
        // What the sample has besides is in "kwargs", or beside it.
        var (principle, path) = body.Kwargs?.Principle is { } inside ? ((Utf8Text?)inside, "$.kwargs.principle") : (body.Principle, "$.principle");
        return new ScoreItem(
            WireMessage.Judged(messages, "$.messages"),
            TextGuidance.Of(TextGuidance.ReferenceOf(body.GroundTruth, model, "$.ground_truth"), TextGuidance.PrincipleOf(principle, model, path)));
    }

    private static void Write(Utf8JsonWriter json, Score score, bool isFloored)
    {
        json.WriteStartObject();
        json.WriteNumber("score", score.Value);
        json.WriteBoolean("is_score_valid", true);
        json.WriteString("reason", isFloored ? "This is the floor that the deployment declares, and no model's score." : score.Judgement?.Critique);
        json.WriteStartObject("metrics");
        // A metric of this dialect is from 0 to 1; a client refuses the whole reply where one is not.
        foreach (var (name, value, _, critique) in (score.Judgement?.Components ?? []).Where(component => component.Value is >= 0 and <= 1))
        {
            json.WriteStartObject(name);
            json.WriteBoolean("is_score_valid", true);
            json.WriteNumber("score", value);
            json.WriteString("reason", critique ?? "");
            json.WriteEndObject();
        }

        json.WriteEndObject();
        WriteSteps(json, score.Steps);
        json.WriteNull("error");
        json.WriteEndObject();
    }

    private static void WriteSteps(Utf8JsonWriter json, IReadOnlyList<double>? steps)
    {
        if (steps is null)
        {
            json.WriteNull("step_outputs");
            return;
        }

        json.WriteStartArray("step_outputs");
        for (var i = 0; i < steps.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("step_index", i);
            json.WriteNumber("base_reward", steps[i]);
            json.WriteStartObject("metrics");
            json.WriteEndObject();
            json.WriteNull("reason");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

/// <summary>The request; other fields are ignored.</summary>
internal sealed record RewardKitBody
{
    public List<WireMessage?>? Messages { get; init; }

    public SampleLabel? GroundTruth { get; init; }

    public Utf8Text? Principle { get; init; }

    public RewardKitArguments? Kwargs { get; init; }
}

/// <summary>What a sample has besides; what is not named here is ignored.</summary>
internal sealed record RewardKitArguments
{
    public Utf8Text? Principle { get; init; }
}
