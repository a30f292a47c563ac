using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Core.Judging.Styles;

/// <summary>JSON schemas of verdicts, for engines that can hold a judge to one. Objects have exactly their keys, in order.</summary>
internal static class JsonSchema
{
    /// <summary>A text.</summary>
    public const string Text = """{"type": "string"}""";

    /// <summary>True or false.</summary>
    public const string Truth = """{"type": "boolean"}""";

    /// <summary>A whole number of a scale; as a list of numbers, which every engine's grammar holds to.</summary>
    public static string Whole(int lowest, int highest) =>
        $$"""{"type": "integer", "enum": [{{string.Join(", ", Enumerable.Range(lowest, highest - lowest + 1).Select(number => number.ToString(CultureInfo.InvariantCulture)))}}]}""";

    /// <summary>One of these words.</summary>
    public static string OneOf(params IReadOnlyList<string> words) => $$"""{"type": "string", "enum": [{{string.Join(", ", words.Select(Quoted))}}]}""";

    /// <summary>A list of all these names.</summary>
    public static string ListOf(IReadOnlyList<string> names) =>
        $$"""{"type": "array", "items": {{OneOf(names)}}, "minItems": {{names.Count}}, "maxItems": {{names.Count}}}""";

    /// <summary>An object.</summary>
    public static string Of(params IReadOnlyList<(string Key, string Schema)> members) =>
        $$"""{"type": "object", "properties": {{{string.Join(", ", members.Select(member => $"{Quoted(member.Key)}: {member.Schema}"))}}}, "required": [{{string.Join(", ", members.Select(member => Quoted(member.Key)))}}], "additionalProperties": false}""";

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
