using System.Text.Json;
using Gateway.Core.Aggregation;

namespace Gateway.Core.Manifest;

/// <summary>One JSON object of a manifest, read strictly: unknown, repeated, missing and mistyped keys are each a problem with a remedy.</summary>
public sealed class ManifestObject
{
    private readonly string _path;
    private readonly List<string> _problems;
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    /// <summary>Takes an object in; only <paramref name="known"/> keys may occur, or any where it is empty.</summary>
    public ManifestObject(JsonElement element, string path, List<string> problems, params string[] known)
    {
        _path = path;
        _problems = problems;
        foreach (var property in element.EnumerateObject())
        {
            if (known.Length > 0 && !known.Contains(property.Name, StringComparer.Ordinal))
            {
                problems.Add($"unknown key '{path}{property.Name}'; {Nearest.Hint(property.Name, known)}");
            }
            else if (!_values.TryAdd(property.Name, property.Value))
            {
                problems.Add($"the key '{path}{property.Name}' occurs twice; keep one of them.");
            }
        }
    }

    /// <summary>The object's path, up to the names of its keys, as <c>style.</c>; empty for the manifest itself.</summary>
    public string Path => _path;

    /// <summary>The keys that occur.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    /// <summary>A required string.</summary>
    public string Text(string key) => Required(key, JsonValueKind.String, "a string") is { } value ? value.GetString()! : "";

    /// <summary>A string that may be missing or null.</summary>
    public string? OptionalText(string key) => Optional(key, "a string or null", JsonValueKind.String)?.GetString();

    /// <summary>A boolean that may be missing or null.</summary>
    public bool Flag(string key) => Optional(key, "true or false", JsonValueKind.True, JsonValueKind.False)?.GetBoolean() ?? false;

    /// <summary>A required whole number from 1 to <paramref name="most"/>; 0 where it is missing or wrong.</summary>
    public int Count(string key, int most = int.MaxValue) =>
        Required(key, JsonValueKind.Number, "a whole number") is { } value ? CountOf(key, value, most) : 0;

    /// <summary>A whole number from 1 to <paramref name="most"/> that may be missing or null.</summary>
    public int? OptionalCount(string key, int most = int.MaxValue) =>
        Optional(key, "a whole number or null", JsonValueKind.Number) is { } value ? CountOf(key, value, most) : null;

    /// <summary>A number in this range that may be missing or null.</summary>
    public double? OptionalNumber(string key, double lowest, double highest)
    {
        if (Optional(key, "a number or null", JsonValueKind.Number) is not { } value)
        {
            return null;
        }

        if (value.GetDouble() is var number && number >= lowest && number <= highest)
        {
            return number;
        }

        _problems.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{_path}{key}' is {value.GetRawText()}; it must lie between {lowest} and {highest}."));
        return null;
    }

    /// <summary>Two finite numbers, the lower first, that may be missing or null.</summary>
    public ScoreRange? OptionalRange(string key)
    {
        if (Optional(key, "a list of two numbers, the lower first, or null", JsonValueKind.Array) is not { } list)
        {
            return null;
        }

        double[] numbers = [.. list.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.Number).Select(entry => entry.GetDouble()).Where(double.IsFinite)];
        if (list.GetArrayLength() == 2 && numbers is [var lowest, var highest] && lowest < highest)
        {
            return new ScoreRange(lowest, highest);
        }

        var raw = list.GetRawText();
        _problems.Add($"'{_path}{key}' is {(raw.Length > 60 ? raw[..60] + "…" : raw)}; it must be two numbers, the lower first, such as [-10, 10].");
        return null;
    }

    /// <summary>Any value that may be missing or null, for a reader of its own.</summary>
    public JsonElement? OptionalAny(string key) => _values.TryGetValue(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>One of these words; the first where the key is missing or null.</summary>
    public string Choice(string key, params IReadOnlyList<string> words)
    {
        var chosen = OptionalText(key);
        if (chosen is null || words.Contains(chosen, StringComparer.Ordinal))
        {
            return chosen ?? words[0];
        }

        _problems.Add($"'{_path}{key}' is '{chosen}'; {Nearest.Hint(chosen, words)}");
        return words[0];
    }

    /// <summary>Strings; an empty list where the key is missing or null.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        if (Optional(key, "a list of strings", JsonValueKind.Array) is not { } list)
        {
            return [];
        }

        if (list.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.String))
        {
            return [.. list.EnumerateArray().Select(entry => entry.GetString()!)];
        }

        _problems.Add($"'{_path}{key}' must be a list of strings.");
        return [];
    }

    /// <summary>A required object; an empty one where it is missing.</summary>
    public ManifestObject Object(string key, params string[] known) =>
        new(Required(key, JsonValueKind.Object, "an object") ?? Empty, $"{_path}{key}.", _problems, known);

    /// <summary>An object that may be missing or null.</summary>
    public ManifestObject? OptionalObject(string key, params string[] known) =>
        Optional(key, "an object or null", JsonValueKind.Object) is { } value ? new ManifestObject(value, $"{_path}{key}.", _problems, known) : null;

    /// <summary>Objects of a list; an empty one where the key is missing or null.</summary>
    public IReadOnlyList<ManifestObject> Objects(string key, int most, params string[] known)
    {
        if (Optional(key, "a list of objects", JsonValueKind.Array) is not { } list)
        {
            return [];
        }

        if (list.GetArrayLength() <= most && list.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.Object))
        {
            return [.. list.EnumerateArray().Select((entry, i) => new ManifestObject(entry, $"{_path}{key}[{i}].", _problems, known))];
        }

        _problems.Add($"'{_path}{key}' must be a list of at most {most} objects.");
        return [];
    }

    /// <summary>Reports a problem with this object.</summary>
    public void Problem(string message) => _problems.Add(message);

    private static JsonElement Empty => JsonDocument.Parse("{}").RootElement;

    private int CountOf(string key, JsonElement value, int most)
    {
        if (value.TryGetInt32(out var count) && count >= 1 && count <= most)
        {
            return count;
        }

        var limit = most < int.MaxValue ? $" and at most {most}" : "";
        _problems.Add($"'{_path}{key}' is {value.GetRawText()}; it must be a whole number of at least 1{limit}.");
        return 0;
    }

    private JsonElement? Required(string key, JsonValueKind kind, string what)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            _problems.Add($"the key '{_path}{key}' is missing; add it, as {what}.");
            return null;
        }

        return Checked(key, value, what, kind);
    }

    private JsonElement? Optional(string key, string what, params JsonValueKind[] kinds) =>
        _values.TryGetValue(key, out var value) && value.ValueKind != JsonValueKind.Null ? Checked(key, value, what, kinds) : null;

    private JsonElement? Checked(string key, JsonElement value, string what, params JsonValueKind[] kinds)
    {
        if (kinds.Contains(value.ValueKind))
        {
            return value;
        }

        var raw = value.GetRawText();
        _problems.Add($"'{_path}{key}' is {(raw.Length > 60 ? raw[..60] + "…" : raw)}; it must be {what}.");
        return null;
    }
}
