using System.Text.Json.Serialization;

namespace Gateway.Server.Wire;

/// <summary>The JSON of the compatibility dialects: unknown fields are ignored, as their own servers do.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(Utf8TextConverter)])]
[JsonSerializable(typeof(ChatScoreBody))]
[JsonSerializable(typeof(GymComparison))]
[JsonSerializable(typeof(GymRollout))]
[JsonSerializable(typeof(List<GymItem>))]
[JsonSerializable(typeof(OpenRlhfBody))]
[JsonSerializable(typeof(OpenRlhfReply))]
[JsonSerializable(typeof(RewardAnythingBody))]
[JsonSerializable(typeof(List<RewardAnythingBody>))]
[JsonSerializable(typeof(RewardKitBody))]
[JsonSerializable(typeof(SlimeBody))]
[JsonSerializable(typeof(SlimeReply))]
[JsonSerializable(typeof(List<WireMessage>))]
[JsonSerializable(typeof(VllmClassifyBody))]
[JsonSerializable(typeof(VllmClassifyReply))]
[JsonSerializable(typeof(double))]
internal sealed partial class DialectJson : JsonSerializerContext;
