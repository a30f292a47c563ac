using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Server.Tests;

/// <summary>Compares JSON with a pattern: the fields must be exactly the same, and <c>*</c> in an expected string stands for anything.</summary>
internal static class JsonDifference
{
    /// <summary>Where and how the actual value differs; empty where it fits.</summary>
    public static IEnumerable<string> Of(JsonNode? expected, JsonNode? actual, string path = "$") => (expected, actual) switch
    {
        (JsonValue text, _) when text.GetValueKind() == JsonValueKind.String && text.GetValue<string>() == "*" => [],
        (null, null) => [],
        (JsonObject wanted, JsonObject got) => OfObjects(wanted, got, path),
        (JsonArray wanted, JsonArray got) when wanted.Count == got.Count => wanted.SelectMany((item, i) => Of(item, got[i], $"{path}[{i}]")),
        (JsonValue wanted, JsonValue got) when Fits(wanted, got) => [],
        _ => [$"{path}: expected {expected?.ToJsonString() ?? "null"}, got {actual?.ToJsonString() ?? "null"}"],
    };

    private static IEnumerable<string> OfObjects(JsonObject wanted, JsonObject got, string path) =>
        wanted.Select(field => field.Key).Union(got.Select(field => field.Key)).SelectMany(name =>
            !wanted.ContainsKey(name) ? [$"{path}.{name}: not expected, got {got[name]?.ToJsonString() ?? "null"}"]
            : !got.ContainsKey(name) ? [$"{path}.{name}: missing"]
            : Of(wanted[name], got[name], $"{path}.{name}"));

    private static bool Fits(JsonValue wanted, JsonValue got)
    {
        var kind = wanted.GetValueKind();
        return kind == got.GetValueKind() && kind switch
        {
            JsonValueKind.String => FitsText(wanted.GetValue<string>().Split('*'), got.GetValue<string>()),
            JsonValueKind.Number => wanted.GetValue<double>().Equals(got.GetValue<double>()),
            _ => true,
        };
    }

    private static bool FitsText(string[] pieces, string text)
    {
        if (pieces.Length == 1)
        {
            return text == pieces[0];
        }

        if (!text.StartsWith(pieces[0], StringComparison.Ordinal) || !text.EndsWith(pieces[^1], StringComparison.Ordinal))
        {
            return false;
        }

        var at = pieces[0].Length;
        foreach (var piece in pieces[1..^1])
        {
            var found = text.IndexOf(piece, at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + piece.Length;
        }

        return at <= text.Length - pieces[^1].Length;
    }
}
