using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>Triton with its binary extension: tensors as bytes behind the JSON, both ways.</summary>
internal sealed class TritonBinaryEngine : IAsyncDisposable
{
    public const string Manifest = """{"upstream_model": "rm", "tensors": {"input": "TEXT", "output": "LOGIT", "encoding": "binary", "version": "3"}}""";

    private const string JsonLength = "Inference-Header-Content-Length";

    private WebApplication _app = null!;

    /// <summary>Where it listens.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Changes the bytes of the output.</summary>
    public Func<byte[], byte[]> Bend { get; set; } = bytes => bytes;

    /// <summary>Changes the JSON before the bytes.</summary>
    public Func<JsonObject, JsonObject> BendJson { get; set; } = json => json;

    /// <summary>The output's type.</summary>
    public string Type { get; set; } = "FP32";

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync(TestContext.Current.CancellationToken);
        Address = _app.Urls.First();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer);
        var body = buffer.ToArray();
        var header = int.Parse(http.Request.Headers[JsonLength]!, CultureInfo.InvariantCulture);
        var request = JsonNode.Parse(body.AsSpan(0, header))!;
        var texts = Texts(body.AsSpan(header));
        if (http.Request.Path != "/v2/models/rm/versions/3/infer" || request["inputs"]![0]!["parameters"]!["binary_data_size"]!.GetValue<int>() != body.Length - header
            || texts.Count != request["inputs"]![0]!["shape"]![0]!.GetValue<int>() || texts.Exists(text => text.Contains(ScriptedEngine.Poison, StringComparison.Ordinal)))
        {
            await ScriptedUpstream.JsonAsync(http, 400, """{"error": "inference request refused"}""");
            return;
        }

        var bytes = Bend([.. texts.SelectMany(text => Bytes(TextScore.Of(text)))]);
        // Another output lies first, so that offsets matter.
        var json = Encoding.UTF8.GetBytes(BendJson(new JsonObject
        {
            ["model_name"] = "rm",
            ["model_version"] = "3",
            ["outputs"] = new JsonArray(
                new JsonObject { ["name"] = "IDS", ["datatype"] = "INT64", ["shape"] = new JsonArray(1), ["parameters"] = new JsonObject { ["binary_data_size"] = 8 } },
                new JsonObject { ["name"] = "LOGIT", ["datatype"] = Type, ["shape"] = new JsonArray(texts.Count), ["parameters"] = new JsonObject { ["binary_data_size"] = bytes.Length } }),
        }).ToJsonString());
        http.Response.ContentType = "application/octet-stream";
        http.Response.Headers[JsonLength] = json.Length.ToString(CultureInfo.InvariantCulture);
        await http.Response.Body.WriteAsync((byte[])[.. json, .. new byte[8], .. bytes]);
    }

    private byte[] Bytes(float score)
    {
        var bytes = new byte[Type switch { "FP16" => 2, "FP32" => 4, _ => 8 }];
        switch (Type)
        {
            case "FP16":
                BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)score);
                break;
            case "FP32":
                BinaryPrimitives.WriteSingleLittleEndian(bytes, score);
                break;
            default:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, score);
                break;
        }

        return bytes;
    }

    private static List<string> Texts(ReadOnlySpan<byte> bytes)
    {
        var texts = new List<string>();
        while (!bytes.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            texts.Add(Encoding.UTF8.GetString(bytes.Slice(4, length)));
            bytes = bytes[(4 + length)..];
        }

        return texts;
    }
}
