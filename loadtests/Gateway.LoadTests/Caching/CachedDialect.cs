using System.Text;
using System.Text.Json;
using Gateway.LoadTests.Wire;
using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests.Caching;

/// <summary><c>POST /v1/score</c> in one spelling, asking for stored scores.</summary>
/// <param name="spelling">How texts are written.</param>
/// <param name="model">The model to ask.</param>
/// <param name="wantsCached">Whether a score that was not stored is an error.</param>
internal sealed class CachedDialect(Spelling spelling, string model, bool wantsCached) : IDialect
{
    /// <inheritdoc/>
    public string Path => "/v1/score";

    /// <inheritdoc/>
    public byte[] Write(IReadOnlyList<WorkItem> items)
    {
        var written = items.Select(item => $$$"""{"prompt": {{{spelling.Quote(item.Prompt)}}}, "responses": [{{{spelling.Quote(item.Response)}}}]}""");
        return Encoding.UTF8.GetBytes($$$"""{"model": "{{{model}}}", "items": [{{{string.Join(", ", written)}}}], "options": {"cache": "use"}}""");
    }

    /// <inheritdoc/>
    public double[] Read(ReadOnlySpan<byte> body)
    {
        var scores = new List<double>();
        var json = new Utf8JsonReader(body);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
                continue;

            if (json.ValueTextEquals("score"u8))
                scores.Add(json.Read() && json.TokenType == JsonTokenType.Number ? json.GetDouble() : throw new FormatException("no_score"));
            else if (wantsCached && json.ValueTextEquals("cached"u8) && json.Read() && json.TokenType == JsonTokenType.False)
                throw new FormatException("not_cached");
        }

        return [.. scores];
    }
}
