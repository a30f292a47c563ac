using System.Text.Json;
using Gateway.LoadTests.Wire;
using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests.Judging;

/// <summary><c>POST /v1/score</c> of a judge: items with as many responses as its style judges together, none of them from a cache.</summary>
internal sealed class JudgedDialect(JudgedStyle style) : IDialect
{
    /// <inheritdoc/>
    public string Path => "/v1/score";

    /// <inheritdoc/>
    public byte[] Write(IReadOnlyList<WorkItem> items) => JsonBytes.Write(json =>
    {
        json.WriteString("model", style.Name);
        json.WriteStartArray("items");
        for (var i = 0; i < items.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("prompt", items[i].Prompt);
            json.WriteStartArray("responses");
            for (var response = 0; response < style.Responses; response++)
            {
                json.WriteStringValue(items[(i + response) % items.Count].Response);
            }

            json.WriteEndArray();
            if (style.Reference is not null)
            {
                json.WriteString("reference", style.Reference);
            }

            if (style.Rubric is not null)
            {
                json.WritePropertyName("rubric");
                json.WriteRawValue(style.Rubric);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("options");
        json.WriteString("cache", "off");
        json.WriteEndObject();
    });

    /// <inheritdoc/>
    public double[] Read(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        var items = 0;
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
                continue;

            if (json.ValueTextEquals("ranking"u8))
                items++;
            else if (json.ValueTextEquals("status"u8) && json.Read() && !json.ValueTextEquals("ok"u8))
                throw new FormatException("not_ok");
        }

        return new double[items];
    }
}
