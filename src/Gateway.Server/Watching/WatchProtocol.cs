using System.Text.Json;
using Gateway.Client;
using Gateway.Server.Wire;

namespace Gateway.Server.Watching;

/// <summary><c>GET /v1/watch</c>: what the watched runs look like.</summary>
internal sealed class WatchProtocol(PolicyWatch watch)
{
    /// <summary>Maps the route.</summary>
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/watch", () => TypedResults.Json(new WatchReply([.. watch.Runs.Select(run => ToReply(run.Show()))]), NativeJson.Plain.WatchReply))
            .WithSummary("What the watched training runs look like").WithTags("Native").Produces<WatchReply>();

    /// <summary>A kind as replies, logs and metrics spell it.</summary>
    public static string NameOf(CollapseKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    /// <summary>An alarm as it is shown and posted.</summary>
    public static WatchAlarm ToReply(Alarm alarm) => new(
        NameOf(alarm.Sign.Kind), alarm.Model, alarm.Run, alarm.At, alarm.Responses, alarm.Sign.Value, alarm.Sign.Before, alarm.Sign.Limit);

    private static WatchedRun ToReply(RunState state) => new(
        state.Model,
        state.Run,
        state.Responses,
        ToReply(state.Now),
        state.Before is { } before ? ToReply(before) : null,
        [.. state.Signs.Select(NameOf)],
        [.. state.Alarms.Select(ToReply)]);

    private static WatchWindowReply ToReply(WindowSummary window) => new(
        window.Responses,
        window.Prompts,
        window.Same,
        window.NearSame,
        window.MedianBytes,
        window.MeanScore,
        window.Diversity,
        window.FindingsPerThousand);
}
