using System.Text.Json;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;
using Gateway.Server.Rubrics;

namespace Gateway.Server.Wire;

/// <summary>Reads what a native item tells a judge, and refuses what its model cannot use: nothing that was sent is passed over.</summary>
/// <param name="principles">Where named principles and rubrics are found.</param>
internal sealed class EnvelopeGuidance(PrincipleCatalog principles)
{
    /// <summary>The guidance of an item; null where there is none.</summary>
    /// <param name="judging">The item's fields; null where it has none.</param>
    /// <param name="model">Who is told.</param>
    /// <param name="path">The item's JSON path.</param>
    /// <exception cref="GatewayException">A field is not for this model, names nothing, or is wrong.</exception>
    public Guidance? Read(EnvelopeJudging? judging, IRewardModel model, string path)
    {
        if (judging is null)
        {
            return null;
        }

        var usable = model.Guidance;
        Check(judging.Reference, GuidanceFields.Reference, usable, $"{path}.reference");
        Check(judging.Principle, GuidanceFields.Principle, usable, $"{path}.principle");
        Check(judging.Rubric, GuidanceFields.Rubric, usable, $"{path}.rubric");
        var generates = Generates(judging.Criteria);
        Check(judging.Criteria, generates ? GuidanceFields.GeneratedCriteria : GuidanceFields.Rubric, usable, $"{path}.criteria");
        if (judging is { Rubric: not null, Criteria: not null })
        {
            throw Fault($"{path}.criteria", "send either rubric or criteria, not both");
        }

        var guidance = new Guidance(
            ReferenceOf(judging.Reference, $"{path}.reference"),
            PrincipleOf(judging.Principle, model, $"{path}.principle"),
            generates ? null : RubricOf(judging.Rubric ?? judging.Criteria, model, judging.Rubric is null ? $"{path}.criteria" : $"{path}.rubric"),
            generates);
        return guidance.Fields == GuidanceFields.None ? null : guidance;
    }

    private static void Check(JsonElement? field, GuidanceFields needed, GuidanceFields usable, string path)
    {
        if (field is not null && !usable.HasFlag(needed))
        {
            var who = usable == GuidanceFields.None ? "a scalar reward model" : "this judge";
            throw new GatewayException(ErrorKind.UnsupportedField, $"{path}: {who} cannot use it; leave it out.", [new FieldError(path, $"{who} cannot use it")]);
        }
    }

    private static Utf8Text? ReferenceOf(JsonElement? reference, string path) => reference switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => new Utf8Text(text.GetString()!),
        _ => throw Fault(path, "send a text"),
    };

    private Principle? PrincipleOf(JsonElement? principle, IRewardModel model, string path) => principle switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } name => Found(name, model, path),
        { } inline => Valid(path, faults => RubricReader.ReadPrinciple(inline, path, faults)),
    };

    // What is written for other judges would be read out of place by this one.
    private Principle Found(JsonElement name, IRewardModel model, string path)
    {
        var principle = principles.Find(name.GetString()!);
        return model.ObjectionTo(principle) is { } objection ? throw Fault(path, objection) : principle;
    }

    private Rubric? RubricOf(JsonElement? rubric, IRewardModel model, string path) => rubric switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } name => Found(name, model, path).Rubric ?? throw Fault(path, "this principle has no rubric; send one, or name another"),
        { ValueKind: JsonValueKind.Array } criteria => RubricOf(Wrapped(criteria), model, path),
        { } inline => Valid(path, faults => RubricReader.ReadRubric(inline, path, faults)),
    };

    private static bool Generates(JsonElement? criteria) => criteria is { ValueKind: JsonValueKind.Object } fields
        && fields.EnumerateObject().Count() == 1 && fields.TryGetProperty("generate", out var generate) && generate.ValueKind == JsonValueKind.True;

    // A list is short for a rubric of these criteria.
    private static JsonElement Wrapped(JsonElement criteria) => JsonElement.Parse($"{{\"criteria\": {criteria.GetRawText()}}}");

    private static T Valid<T>(string path, Func<List<FieldError>, T?> read)
        where T : class
    {
        var faults = new List<FieldError>();
        return read(faults) is { } value && faults.Count == 0
            ? value
            : throw new GatewayException(
                ErrorKind.InvalidRequest, faults.Count == 0 ? $"{path}: it cannot be read." : $"{faults[0].Path}: {faults[0].Message}", faults);
    }

    private static GatewayException Fault(string path, string message) => new(ErrorKind.InvalidRequest, $"{path}: {message}.", [new FieldError(path, message)]);
}
