using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>What the dialects' requests tell a judge: principles in words of their own, and labels that are answers known to be right.</summary>
internal static class TextGuidance
{
    /// <summary>A principle in a request's own words.</summary>
    /// <exception cref="GatewayException">It is none that a judge can be told.</exception>
    public static Principle PrincipleOf(Utf8Text text, string path)
    {
        var words = text.ToString();
        return RubricRules.OfText(words, RubricRules.LongestText) is { } wrong ? throw JsonFault.At(path, wrong) : Principle.Inline(words);
    }

    /// <summary>The same for this model; null where there is no text.</summary>
    /// <exception cref="GatewayException">The model cannot use one, or it is none.</exception>
    public static Principle? PrincipleOf(Utf8Text? text, IRewardModel model, string path) =>
        text is not { } words ? null
        : model.Guidance.HasFlag(GuidanceFields.Principle) ? PrincipleOf(words, path)
        : throw JsonFault.At(path, $"{model.Name} cannot use a principle; leave it out, or ask a judge that can, by /models/NAME before this path.", ErrorKind.UnsupportedField);

    /// <summary>
    /// The reference that a label is, for a model that can use one. Labels ride along with every sample, so for any other model they are nothing.
    /// </summary>
    /// <exception cref="GatewayException">The model can use one, and this is neither text nor number.</exception>
    public static Utf8Text? ReferenceOf(SampleLabel? label, IRewardModel model, string path) =>
        label is not { } known || !model.Guidance.HasFlag(GuidanceFields.Reference) ? null
        : known.Text ?? throw JsonFault.At(path, $"{model.Name} reads it as the answer known to be right; send a text or a number, or leave it out.");

    /// <summary>Both together; null where there is neither.</summary>
    public static Guidance? Of(Utf8Text? reference, Principle? principle) =>
        reference is null && principle is null ? null : new Guidance(reference, principle, Rubric: null, GeneratesCriteria: false);
}

/// <summary>What a sample of a data set is labelled with.</summary>
/// <param name="Text">The text, or a number's digits; null for anything else.</param>
[JsonConverter(typeof(SampleLabelConverter))]
internal readonly record struct SampleLabel(Utf8Text? Text);

/// <summary>Reads a label of any kind.</summary>
internal sealed class SampleLabelConverter : JsonConverter<SampleLabel>
{
    public override SampleLabel Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new SampleLabel(JsonText.Read(ref reader));
            case JsonTokenType.Number:
                return new SampleLabel(Utf8Text.Copy(reader.ValueSpan));
            default:
                reader.Skip();
                return default;
        }
    }

    public override void Write(Utf8JsonWriter writer, SampleLabel value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Labels are only read.");
}
