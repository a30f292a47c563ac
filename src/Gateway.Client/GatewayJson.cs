using System.Text.Json.Serialization;

namespace Gateway.Client;

/// <summary>The JSON of the native contract: snake case, absent rather than null where a request leaves something out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ScoreCall))]
[JsonSerializable(typeof(ScoreReply))]
[JsonSerializable(typeof(CriteriaCall))]
[JsonSerializable(typeof(CriteriaReply))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(WatchReply))]
[JsonSerializable(typeof(PrincipleList))]
[JsonSerializable(typeof(PrincipleReply))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class GatewayJson : JsonSerializerContext;
