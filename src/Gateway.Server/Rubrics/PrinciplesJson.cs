using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Client;

namespace Gateway.Server.Rubrics;

/// <summary>The JSON of the catalogue, without HTML's escapes: it is read by programs and by people at a terminal.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PrincipleList))]
[JsonSerializable(typeof(PrincipleReply))]
internal sealed partial class PrinciplesJson : JsonSerializerContext
{
    private static PrinciplesJson? s_plain;

    /// <summary>The context to use.</summary>
    public static PrinciplesJson Plain =>
        s_plain ??= new PrinciplesJson(new JsonSerializerOptions(Default.GeneratedSerializerOptions!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
