namespace Gateway.Core.Rubrics;

/// <summary>Makes a rubric of the fields that files and requests share; every fault is kept, and what has one is not made.</summary>
/// <param name="faults">Where faults are added.</param>
internal sealed class RubricFields(List<RubricFault> faults)
{
    /// <summary>The keys of a rubric.</summary>
    public static readonly string[] Keys = ["scale", "criteria"];

    private readonly FieldReader _read = new(faults);

    /// <summary>The rubric of these fields; null where they have none, or faults.</summary>
    public Rubric? Read(SourceObject fields)
    {
        var before = faults.Count;
        var scale = fields["scale"] is { } given ? Scale(given) : null;
        var criteria = fields["criteria"] is { } list ? Criteria(list) : [];
        return faults.Count == before && (scale is not null || criteria.Count > 0) ? new Rubric(scale, criteria) : null;
    }

    private ScoreScale? Scale(SourceValue value)
    {
        if (SourceObject.Of(value, faults, "lowest", "highest", "descriptions") is not { } fields)
        {
            return null;
        }

        var lowest = _read.Whole(fields, "lowest", -RubricRules.LargestScore, RubricRules.LargestScore);
        var highest = _read.Whole(fields, "highest", -RubricRules.LargestScore, RubricRules.LargestScore);
        var given = fields["descriptions"];
        var descriptions = _read.Texts(given, RubricRules.MostScores, RubricRules.LongestChoice);
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
        if (!_read.IsList(list, RubricRules.MostCriteria))
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
                const string Twice = "is given twice; name each criterion differently (one without a name is called c and its place).";
                faults.Add(element.Fault($"the name '{RubricRules.Shown(criterion.Name)}' {Twice}", $"its name {Twice}"));
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
            _read.Text(fields, "question", RubricRules.LongestQuestion),
            Weight(fields["weight"]),
            choices,
            _read.Flag(fields["pitfall"]));
    }

    private string? Name(SourceValue? value)
    {
        if (value is null)
        {
            return null;
        }

        if (value.Text(out var fault) is not { } name)
        {
            faults.Add(value.Fault(fault));
            return null;
        }

        if (RubricRules.OfName(name) is { } wrong)
        {
            faults.Add(value.Fault(wrong, $"it {RubricRules.NoName}"));
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

    private IReadOnlyList<string> Choices(SourceValue list)
    {
        if (list.Count < RubricRules.FewestChoices)
        {
            faults.Add(list.Fault($"there must be {RubricRules.FewestChoices} to {RubricRules.MostChoices} choices, the worst first; without the key they are no and yes."));
        }

        return _read.Texts(list, RubricRules.MostChoices, RubricRules.LongestChoice);
    }
}
