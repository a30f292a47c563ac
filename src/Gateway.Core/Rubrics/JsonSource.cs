using System.Text.Json;

namespace Gateway.Core.Rubrics;

/// <summary>A value of a JSON body.</summary>
/// <param name="value">The value.</param>
/// <param name="path">Its JSON path.</param>
internal sealed class JsonSource(JsonElement value, string path) : SourceValue(path, 0)
{
    /// <inheritdoc/>
    public override bool IsNull => value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <inheritdoc/>
    public override bool IsObject => value.ValueKind == JsonValueKind.Object;

    /// <inheritdoc/>
    public override int? Count => value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : null;

    /// <inheritdoc/>
    public override double? Number => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;

    /// <inheritdoc/>
    public override bool? Flag => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;

    /// <inheritdoc/>
    public override string? Text(out string fault)
    {
        fault = "it must be a string.";
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // The parser takes "\ud800" and refuses only here.
            fault = "it holds half of a surrogate pair; send well-formed text.";
            return null;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<SourceValue> Elements() => value.EnumerateArray().Select((element, i) => new JsonSource(element, $"{Path}[{i}]"));

    /// <inheritdoc/>
    public override IEnumerable<(string? Name, SourceValue Value)> Fields()
    {
        foreach (var property in value.EnumerateObject())
        {
            var name = NameOf(property);
            yield return (name, new JsonSource(property.Value, name is null ? Path : $"{Path}.{RubricRules.Shown(name)}"));
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
