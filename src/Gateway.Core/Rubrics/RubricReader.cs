using System.Text.Json;
using Gateway.Core.Scoring;

namespace Gateway.Core.Rubrics;

/// <summary>
/// Reads principles and rubrics that come inline, with a request or from a judge that wrote them. What <see cref="RubricRules"/> does not allow is a
/// fault with its JSON path, and all faults are found.
/// </summary>
public static class RubricReader
{
    /// <summary>Reads <c>{"text": …, "rubric": {…}}</c>, of which <c>rubric</c> may be missing; null, and faults, where it is none.</summary>
    /// <param name="value">The value.</param>
    /// <param name="path">Its JSON path, such as <c>$.items[2].principle</c>.</param>
    /// <param name="faults">Where faults are added.</param>
    public static Principle? ReadPrinciple(JsonElement value, string path, ICollection<FieldError> faults) => Read(value, path, faults, (source, found) =>
    {
        if (SourceObject.Of(source, found, "text", "rubric") is not { } fields)
        {
            return null;
        }

        var text = new FieldReader(found).Text(fields, "text", RubricRules.LongestText);
        return Principle.Inline(text, fields["rubric"] is { } rubric ? ReadRubric(rubric, found) : null);
    });

    /// <summary>
    /// Reads <c>{"scale": {"lowest": 1, "highest": 5, "descriptions": […]}, "criteria": [{"name", "question", "weight", "choices", "pitfall"}]}</c>, of which one of
    /// both may be missing; null, and faults, where it is none. Of a criterion only <c>question</c> is required.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="path">Its JSON path, such as <c>$.items[2].rubric</c>.</param>
    /// <param name="faults">Where faults are added.</param>
    public static Rubric? ReadRubric(JsonElement value, string path, ICollection<FieldError> faults) => Read(value, path, faults, ReadRubric);

    /// <summary>The same of a value of any notation, with faults as they are found.</summary>
    internal static Rubric? ReadRubric(SourceValue value, List<RubricFault> faults)
    {
        var before = faults.Count;
        if (SourceObject.Of(value, faults, RubricFields.Keys) is not { } fields)
        {
            return null;
        }

        if (fields["scale"] is null && fields["criteria"] is null && faults.Count == before)
        {
            faults.Add(value.Fault("it has neither 'scale' nor 'criteria'; give one of them, or both."));
        }

        return new RubricFields(faults).Read(fields);
    }

    private static T? Read<T>(JsonElement value, string path, ICollection<FieldError> faults, Func<SourceValue, List<RubricFault>, T?> read) where T : class
    {
        var found = new List<RubricFault>();
        var result = read(new JsonSource(value, path), found);
        foreach (var fault in found)
        {
            faults.Add(new FieldError(fault.Path, fault.Message));
        }

        return found.Count == 0 ? result : null;
    }
}
