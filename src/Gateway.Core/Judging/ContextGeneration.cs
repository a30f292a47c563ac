using System.Text.Json;
using Gateway.Core.Judging.Styles;
using Gateway.Core.Rubrics;

namespace Gateway.Core.Judging;

/// <summary>
/// What a prompt leaves open: follow-up questions to whoever asks, each with plausible answers, of which one is drawn (Contextualized Evaluations,
/// arXiv 2411.07237). Written from the prompt alone; a prompt that leaves nothing open is judged as it is.
/// </summary>
public sealed class ContextGeneration : IGeneration
{
    private const string Questions = "questions";
    private const string NothingOpen = "The prompt leaves nothing open.";
    private const int MostQuestions = 10;
    private const int MostAnswers = 10;
    private const int LongestQuestion = 500;
    private const int LongestAnswer = 300;

    private static readonly JudgePrompt Prompt = StyleSource.BuiltInPrompt("generate-context");

    /// <inheritdoc/>
    public string Kind => "context";

    /// <inheritdoc/>
    public string Identity => $"generate-context/1\n{Prompt.Text}";

    /// <inheritdoc/>
    public JudgeCase Shown(JudgeCase judged) => judged.PromptOnly(principle: null);

    /// <inheritdoc/>
    public JudgeCall BuildCall(JudgeCase shown) => new(Prompt.Write(shown.Values()))
    {
        Schema = JsonSchema.Of((Questions, """
            {"type": "array", "items": {"type": "object", "properties": {"question": {"type": "string"}, "answers": {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 10}}, "required": ["question", "answers"], "additionalProperties": false}, "maxItems": 10}
            """)),
    };

    /// <summary>The questions in a reply, each with the one of its answers that is drawn.</summary>
    /// <exception cref="UnreadableVerdictException">There is nothing in it that can be used.</exception>
    public string Read(JudgeCase shown, JudgeCall call, JudgeReply reply)
    {
        var faults = new List<RubricFault>();
        try
        {
            using var json = JsonDocument.Parse(reply.Json(shown, call, Questions).Raw(Questions));
            var lines = Lines(shown, new JsonSource(json.RootElement, $"$.{Questions}"), faults);
            return faults.Count > 0 ? throw new UnreadableVerdictException($"The questions cannot be used: {faults[0].Plain}")
                : lines.Length > 0 ? string.Join('\n', lines)
                : NothingOpen;
        }
        catch (JsonException)
        {
            throw new UnreadableVerdictException("The questions are no JSON.");
        }
    }

    /// <inheritdoc/>
    public JudgeCase Apply(JudgeCase judged, string text) => text == NothingOpen ? judged : judged.WithGenerated(text);

    private static string[] Lines(JudgeCase shown, SourceValue list, List<RubricFault> faults)
    {
        var read = new FieldReader(faults);
        return read.IsList(list, MostQuestions) ? [.. list.Elements().Select((element, i) => Line(shown, element, i, read, faults))] : [];
    }

    private static string Line(JudgeCase shown, SourceValue value, int place, FieldReader read, List<RubricFault> faults)
    {
        if (SourceObject.Of(value, faults, "question", "answers") is not { } fields)
        {
            return "";
        }

        var question = read.Text(fields, "question", LongestQuestion);
        var answers = read.Texts(fields["answers"], MostAnswers, LongestAnswer);
        if (answers.Count < 2)
        {
            faults.Add(value.Fault("'answers' must be a list of two answers or more."));
            return "";
        }

        return $"- {question} {answers[shown.Drawn(answers.Count, place)]}";
    }
}
