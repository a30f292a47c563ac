using System.Text;
using System.Text.Json;

namespace Gateway.Server.Tests.Judging;

/// <summary>Every number that a judge's reply could be said to state, told by the platform's own JSON reader; more than our reading allows.</summary>
internal static class StatedNumbers
{
    /// <summary>The scores that a style could read in a reply; none where the reply is no JSON.</summary>
    /// <param name="style">The style by its name.</param>
    /// <param name="reply">The reply as it was sent.</param>
    public static HashSet<double> Of(string style, byte[] reply)
    {
        try
        {
            return [.. Strings(JsonElement.Parse(Encoding.UTF8.GetString(reply))).SelectMany(text => style == "verifier" ? Words(text) : Objects(text).SelectMany(Numbers))];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    // Every string of a reply, wherever it stands.
    private static IEnumerable<string> Strings(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => [json.GetString()!],
        JsonValueKind.Array => json.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => json.EnumerateObject().SelectMany(one => Strings(one.Value)),
        _ => [],
    };

    private static IEnumerable<double> Words(string text)
    {
        if (text.Contains("yes", StringComparison.OrdinalIgnoreCase))
        {
            yield return 1;
        }

        if (text.Contains("no", StringComparison.OrdinalIgnoreCase))
        {
            yield return 0;
        }
    }

    // Whatever parses from any opening brace to any closing one.
    private static IEnumerable<JsonElement> Objects(string text)
    {
        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            for (var close = text.IndexOf('}', open); close >= 0; close = text.IndexOf('}', close + 1))
            {
                if (Parsed(text[open..(close + 1)]) is { } json)
                {
                    yield return json;
                }
            }
        }
    }

    private static JsonElement? Parsed(string json)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<double> Numbers(JsonElement verdict) => verdict.EnumerateObject().SelectMany(one => (IEnumerable<double>)((one.Name, one.Value.ValueKind) switch
    {
        ("score", JsonValueKind.Number) => [one.Value.GetDouble()],
        ("scores", JsonValueKind.Object) => one.Value.EnumerateObject().Where(score => score.Value.ValueKind == JsonValueKind.Number).Select(score => score.Value.GetDouble()),
        ("better", JsonValueKind.String) => one.Value.GetString() switch { "1" or "2" => [0, 1], "tie" => [0.5], _ => [] },
        _ => [],
    }));
}
