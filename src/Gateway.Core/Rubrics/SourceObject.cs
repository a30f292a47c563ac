using Gateway.Core.Manifest;

namespace Gateway.Core.Rubrics;

/// <summary>The fields of one object, read strictly: unknown and repeated ones are faults.</summary>
internal sealed class SourceObject
{
    // A hostile object has millions of fields; nobody reads more faults than this of one.
    private const int MostFaults = 10;

    private readonly Dictionary<string, SourceValue> _fields = new(StringComparer.Ordinal);

    /// <summary>Takes an object's fields in, of which only <paramref name="known"/> may occur.</summary>
    public SourceObject(SourceValue value, List<RubricFault> faults, params string[] known)
    {
        Value = value;
        var before = faults.Count;
        foreach (var (name, field) in value.Fields().TakeWhile(_ => faults.Count - before < MostFaults))
        {
            if (name is null || !known.Contains(name, StringComparer.Ordinal))
            {
                faults.Add(name is null
                    ? field.Fault("a key holds half of a surrogate pair; send well-formed text.")
                    : field.Fault($"unknown key '{RubricRules.Shown(name)}'; {Nearest.Hint(RubricRules.Shown(name), known)}") with
                    {
                        // The field's path ends in its name.
                        Plain = $"{value.Path}: it has a key beside {Listed(known)}; leave it out.",
                    });
            }
            else if (!_fields.TryAdd(name, field))
            {
                faults.Add(field.Fault($"the key '{name}' occurs twice; keep one of them."));
            }
        }
    }

    /// <summary>The object itself.</summary>
    public SourceValue Value { get; }

    /// <summary>The value of a field; null where it is missing or null.</summary>
    public SourceValue? this[string key] => _fields.GetValueOrDefault(key) is { IsNull: false } value ? value : null;

    /// <summary>The object's fields; null, and a fault, where the value is no object.</summary>
    public static SourceObject? Of(SourceValue value, List<RubricFault> faults, params string[] known)
    {
        if (value.IsObject)
        {
            return new SourceObject(value, faults, known);
        }

        faults.Add(value.Fault($"it must be an object with {Listed(known)}."));
        return null;
    }

    private static string Listed(string[] keys) => string.Join(", ", keys.Select(key => $"'{key}'"));
}
