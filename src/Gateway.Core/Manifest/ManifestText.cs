using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Core.Manifest;

/// <summary>The text of a <c>model.json</c>: read strictly, and in a canonical form for revisions.</summary>
public static class ManifestText
{
    /// <summary>The file's name in a model's folder.</summary>
    public const string FileName = "model.json";

    /// <summary>
    /// What <paramref name="read"/> makes of the manifest's object, or null where the text holds no such object. What is wrong is added to
    /// <paramref name="problems"/>.
    /// </summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="kind">The kind that the manifest is read as, for remedies.</param>
    /// <param name="keys">The keys that may occur.</param>
    /// <param name="problems">Where problems are added.</param>
    /// <param name="read">Reads the object.</param>
    public static T? Read<T>(ReadOnlyMemory<byte> json, string kind, string[] keys, List<string> problems, Func<ManifestObject, T> read) where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return read(new ManifestObject(document.RootElement, "", problems, keys));
            }

            problems.Add($"{FileName} holds no object; write {{ \"kind\": \"{kind}\", … }}.");
        }
        catch (JsonException fault)
        {
            problems.Add($"{FileName} is no JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}. Correct it there.");
        }
        catch (InvalidOperationException fault)
        {
            // The parser takes half of a surrogate pair, as "\ud800", and refuses only when the string is asked for.
            problems.Add($"{FileName} holds a string that is no text: {fault.Message} Correct it there.");
        }

        return null;
    }

    /// <summary>The manifest without white space, with sorted keys, without nulls and without the top keys <paramref name="without"/>.</summary>
    public static string Canonical(ReadOnlyMemory<byte> json, params IReadOnlyList<string> without) =>
        Sorted(JsonNode.Parse(json.Span), without)!.ToJsonString();

    private static JsonNode? Sorted(JsonNode? node, params IReadOnlyList<string> without) => node switch
    {
        JsonObject values => new JsonObject(values
            .Where(entry => !without.Contains(entry.Key) && entry.Value is not null)
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => KeyValuePair.Create(entry.Key, Sorted(entry.Value)))),
        JsonArray values => new JsonArray([.. values.Select(value => Sorted(value))]),
        _ => node?.DeepClone(),
    };
}
