namespace Gateway.Core.Rubrics;

/// <summary>Takes single values out of what a rubric is read from; what does not fit is a fault, and something harmless in its place.</summary>
/// <param name="faults">Where faults are added.</param>
internal sealed class FieldReader(List<RubricFault> faults)
{
    /// <summary>A required text; empty where it is missing or wrong.</summary>
    public string Text(SourceObject fields, string key, int most)
    {
        if (fields[key] is { } value)
        {
            return Text(value, most);
        }

        faults.Add(fields.Value.Fault($"the key '{key}' is missing; add it."));
        return "";
    }

    /// <summary>A whole number of the range; null, and a fault, where it is none or missing.</summary>
    public int? Whole(SourceObject fields, string key, int least, int most)
    {
        if (fields[key] is { } value)
        {
            if (value.Number is { } number && number >= least && number <= most && Math.Floor(number) == number)
            {
                return (int)number;
            }

            faults.Add(value.Fault($"it must be a whole number from {least} to {most}."));
            return null;
        }

        faults.Add(fields.Value.Fault($"the key '{key}' is missing; add it, as a whole number."));
        return null;
    }

    /// <summary>The texts of a list; empty where it is missing or wrong.</summary>
    public IReadOnlyList<string> Texts(SourceValue? list, int mostElements, int mostCharacters)
    {
        if (list is null || !IsList(list, mostElements))
        {
            return [];
        }

        var texts = list.Elements().Select(element => (Element: element, Text: Text(element, mostCharacters))).ToList();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (element, text) in texts.Where(entry => entry.Text.Length > 0 && !seen.Add(entry.Text.Trim())))
        {
            const string Twice = "occurs twice in the list; write each once, in words that tell it from the others.";
            faults.Add(element.Fault($"'{RubricRules.Shown(text)}' {Twice}", $"its text {Twice}"));
        }

        return [.. texts.Select(entry => entry.Text)];
    }

    /// <summary>True or false; false where it is missing or wrong.</summary>
    public bool Flag(SourceValue? value)
    {
        if (value is not null && value.Flag is null)
        {
            faults.Add(value.Fault("it must be true or false."));
        }

        return value?.Flag ?? false;
    }

    /// <summary>True for a list of at most so many entries.</summary>
    public bool IsList(SourceValue value, int most)
    {
        if (value.Count <= most)
        {
            return true;
        }

        faults.Add(value.Fault(value.Count is null ? "it must be a list." : $"the list has {value.Count} entries; at most {most} are read."));
        return false;
    }

    private string Text(SourceValue value, int most)
    {
        if (value.Text(out var fault) is not { } text)
        {
            faults.Add(value.Fault(fault));
            return "";
        }

        if (RubricRules.OfText(text, most) is { } wrong)
        {
            faults.Add(value.Fault(wrong));
            return "";
        }

        return text;
    }
}
