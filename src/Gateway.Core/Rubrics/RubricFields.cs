namespace Gateway.Core.Rubrics;

/// <summary>Makes a rubric of the fields that files and requests share; every fault is kept, and what has one is not made.</summary>
/// <param name="faults">Where faults are added.</param>
internal sealed class RubricFields(List<RubricFault> faults)
{
    /// <summary>The keys of a rubric.</summary>
    public static readonly string[] Keys = ["scale", "criteria"];

    /// <summary>The rubric of these fields; null where they have none, or faults.</summary>
    public Rubric? Read(SourceObject fields)
    {
        var before = faults.Count;
        var scale = fields["scale"] is { } given ? Scale(given) : null;
        var criteria = fields["criteria"] is { } list ? Criteria(list) : [];
        return faults.Count == before && (scale is not null || criteria.Count > 0) ? new Rubric(scale, criteria) : null;
    }

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
            faults.Add(element.Fault($"'{RubricRules.Shown(text)}' occurs twice in the list; write each once, in words that tell it from the others."));
        }

        return [.. texts.Select(entry => entry.Text)];
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

    private ScoreScale? Scale(SourceValue value)
    {
        if (SourceObject.Of(value, faults, "lowest", "highest", "descriptions") is not { } fields)
        {
            return null;
        }

        var lowest = Whole(fields, "lowest", -RubricRules.LargestScore, RubricRules.LargestScore);
        var highest = Whole(fields, "highest", -RubricRules.LargestScore, RubricRules.LargestScore);
        var given = fields["descriptions"];
        var descriptions = Texts(given, RubricRules.MostScores, RubricRules.LongestChoice);
        if (lowest is not { } from || highest is not { } to)
        {
            return null;
        }

        if (RubricRules.OfScale(from, to) is { } wrong)
        {
            faults.Add(value.Fault(wrong));
        }
        else if (given?.Count is { } count && RubricRules.OfDescriptions(count, from, to) is { } miscounted)
        {
            faults.Add(given.Fault(miscounted));
        }

        return new ScoreScale(from, to, descriptions);
    }

    private IReadOnlyList<Criterion> Criteria(SourceValue list)
    {
        if (!IsList(list, RubricRules.MostCriteria))
        {
            return [];
        }

        if (list.Count == 0)
        {
            faults.Add(list.Fault("the list is empty; write a criterion, or leave the key out."));
        }

        var criteria = new List<Criterion>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (i, element) in list.Elements().Index())
        {
            if (Criterion(element, i + 1) is not { } criterion)
            {
                continue;
            }

            criteria.Add(criterion);
            if (!names.Add(criterion.Name))
            {
                faults.Add(element.Fault(
                    $"the name '{RubricRules.Shown(criterion.Name)}' is given twice; name each criterion differently (one without a name is called c and its place)."));
            }
        }

        return criteria;
    }

    private Criterion? Criterion(SourceValue value, int place)
    {
        if (SourceObject.Of(value, faults, "name", "question", "weight", "choices", "pitfall") is not { } fields)
        {
            return null;
        }

        var choices = fields["choices"] is { } given ? Choices(given) : Rubrics.Criterion.YesOrNo;
        return new Criterion(
            Name(fields["name"]) ?? $"c{place}",
            Text(fields, "question", RubricRules.LongestQuestion),
            Weight(fields["weight"]),
            choices,
            Flag(fields["pitfall"]));
    }

    private string? Name(SourceValue? value)
    {
        if (value is null)
        {
            return null;
        }

        var name = value.Text(out var fault);
        if ((name is null ? fault : RubricRules.OfName(name)) is { } wrong)
        {
            faults.Add(value.Fault(wrong));
            return null;
        }

        return name;
    }

    private double Weight(SourceValue? value)
    {
        if (value is null)
        {
            return 1;
        }

        var weight = value.Number ?? double.NaN;
        if (RubricRules.OfWeight(weight) is { } wrong)
        {
            faults.Add(value.Fault(wrong));
        }

        return weight;
    }

    private bool Flag(SourceValue? value)
    {
        if (value is not null && value.Flag is null)
        {
            faults.Add(value.Fault("it must be true or false."));
        }

        return value?.Flag ?? false;
    }

    private IReadOnlyList<string> Choices(SourceValue list)
    {
        if (list.Count < RubricRules.FewestChoices)
        {
            faults.Add(list.Fault($"there must be {RubricRules.FewestChoices} to {RubricRules.MostChoices} choices, the worst first; without the key they are no and yes."));
        }

        return Texts(list, RubricRules.MostChoices, RubricRules.LongestChoice);
    }

    private bool IsList(SourceValue value, int most)
    {
        if (value.Count <= most)
        {
            return true;
        }

        faults.Add(value.Fault(value.Count is null ? "it must be a list." : $"the list has {value.Count} entries; at most {most} are read."));
        return false;
    }
}
