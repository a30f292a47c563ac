namespace Gateway.Server.Upstream.Chat;

/// <summary>The words of manifests for <see cref="StructuredOutput"/>.</summary>
internal static class StructuredWords
{
    private static readonly (StructuredOutput Way, string Word)[] Table =
    [
        (StructuredOutput.None, "none"), (StructuredOutput.JsonSchema, "json_schema"), (StructuredOutput.JsonObject, "json_object"),
        (StructuredOutput.StructuredOutputs, "structured_outputs"), (StructuredOutput.GuidedJson, "guided_json"), (StructuredOutput.Tgi, "tgi"),
    ];

    /// <summary>All words, <c>none</c> first.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(row => row.Word)];

    /// <summary>The word for a way.</summary>
    public static string Word(this StructuredOutput way) => Table.Single(row => row.Way == way).Word;

    /// <summary>The way that a word means.</summary>
    public static StructuredOutput Read(string word) => Table.Single(row => row.Word == word).Way;
}
