using System.Text.Json;

namespace Gateway.Server.Upstream;

/// <summary>Where an engine is asked for its health and its model, by its own routes.</summary>
/// <param name="Health">The path that answers 200 while the engine is well; null: it has none.</param>
/// <param name="Timeout">How long the engine may take to say that it is well.</param>
/// <param name="Models">The path that names the served models; <c>{model}</c> stands for the wanted one. Null: it has none.</param>
internal sealed record EngineProbe(string? Health, TimeSpan Timeout, string? Models)
{
    // SGLang generates a token to prove its health and gives that up after 20 s.
    private static readonly TimeSpan Generated = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(5);

    /// <summary>The probe of an engine.</summary>
    public static EngineProbe Of(Engine engine) => engine switch
    {
        Engine.Vllm or Engine.LlamaCpp => new EngineProbe("/health", Quick, "/v1/models"),
        Engine.Sglang => new EngineProbe("/health_generate", Generated, "/v1/models"),
        Engine.Tei or Engine.Tgi => new EngineProbe("/health", Quick, "/info"),
        Engine.Triton => new EngineProbe("/v2/health/ready", Quick, "/v2/models/{model}"),
        Engine.OpenAi => new EngineProbe("/v1/models", Quick, "/v1/models"),
        _ => new EngineProbe(null, Quick, null),
    };

    /// <summary>The names of the models in what <see cref="Models"/> answered: OpenAI's list, TEI's and TGI's info or Triton's metadata.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static IReadOnlyCollection<string> Read(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        var names = new List<string>();
        if (json.RootElement.ValueKind != JsonValueKind.Object)
        {
            return names;
        }

        if (json.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array)
        {
            foreach (var model in data.EnumerateArray().Where(model => model.ValueKind == JsonValueKind.Object))
            {
                Add(names, model, "id");
            }
        }

        Add(names, json.RootElement, "served_model_name");
        Add(names, json.RootElement, "model_id");
        Add(names, json.RootElement, "name");
        return names;
    }

    private static void Add(List<string> names, JsonElement from, string property)
    {
        if (from.TryGetProperty(property, out var name) && name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } text)
        {
            names.Add(text);
        }
    }
}
