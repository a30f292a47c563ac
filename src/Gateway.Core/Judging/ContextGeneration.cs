using System.Text.Json;
using System.Text.Json.Serialization;
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
    private const int MostQuestions = 10;
    private const int MostAnswers = 10;
    private const int LongestQuestion = 500;
    private const int LongestAnswer = 300;

    private static readonly JudgePrompt Prompt = StyleSource.BuiltInPrompt("generate-context");

    /// <inheritdoc/>
    public string Kind => "context";

    /// <inheritdoc/>
    public string Identity => $"generate-context/2\n{Prompt.Text}";

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
            var open = Open(shown, new JsonSource(json.RootElement, $"$.{Questions}"), faults);
            return faults.Count > 0
                ? throw new UnreadableVerdictException($"The questions cannot be used: {faults[0].Plain}")
                : JsonSerializer.Serialize(open, ContextJson.Default.AnsweredQuestionArray);
        }
        catch (JsonException)
        {
            throw new UnreadableVerdictException("The questions are no JSON.");
        }
    }

    /// <inheritdoc/>
    public JudgeCase Apply(JudgeCase judged, string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, ContextJson.Default.AnsweredQuestionArray) is { Length: <= MostQuestions } open
                && Array.TrueForAll(open, one => one is { Question.Length: > 0 and <= LongestQuestion, Answer.Length: > 0 and <= LongestAnswer })
                ? judged.WithGenerated(open)
                : throw new UnreadableVerdictException("The questions: they are none.");
        }
        catch (JsonException)
        {
            throw new UnreadableVerdictException("The questions: they are no JSON.");
        }
    }

    private static AnsweredQuestion[] Open(JudgeCase shown, SourceValue list, List<RubricFault> faults)
    {
        var read = new FieldReader(faults);
        return read.IsList(list, MostQuestions) ? [.. list.Elements().Select((element, i) => Open(shown, element, i, read, faults))] : [];
    }

    private static AnsweredQuestion Open(JudgeCase shown, SourceValue value, int place, FieldReader read, List<RubricFault> faults)
    {
        var unread = new AnsweredQuestion("", "");
        if (SourceObject.Of(value, faults, "question", "answers") is not { } fields)
        {
            return unread;
        }

        var question = read.Text(fields, "question", LongestQuestion);
        var answers = read.Texts(fields["answers"], MostAnswers, LongestAnswer);
        if (answers.Count < 2)
        {
            faults.Add(value.Fault("'answers' must be a list of two answers or more."));
            return unread;
        }

        return new AnsweredQuestion(question, answers[shown.Drawn(answers.Count, place)]);
    }
}

/// <summary>How the questions are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AnsweredQuestion[]))]
internal sealed partial class ContextJson : JsonSerializerContext;
