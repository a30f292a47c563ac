using System.Text;
using System.Text.Json;
using Gateway.Core.Judging;
using Gateway.LoadTests.Wire;

namespace Gateway.LoadTests.Judging;

/// <summary>One judge style with what its judge is sent and says, of the size that real judges write.</summary>
/// <param name="Name">The style's name.</param>
/// <param name="Responses">How many responses of each prompt are judged together.</param>
/// <param name="Say">What the judge says to a call.</param>
internal sealed record JudgedStyle(string Name, int Responses, Func<IReadOnlyList<string>, string> Say)
{
    private const int Alternatives = 20;

    private const string Reasons =
        "The response answers what was asked and stays on the subject. Its first paragraph names the point that matters and gives a reason for it, and the second one adds an example "
        + "that fits. It leaves out one condition that a careful expert would have mentioned, and its last sentence repeats what was said before; neither of the two misleads a reader "
        + "who acts on it. There is no claim in it that the prompt contradicts, and none that would need a source and has none. All in all it is better than most and not without a fault.";

    private const string Criteria = """
        {"criteria": [{"name": "right", "question": "Is what it claims right?"}, {"name": "whole", "question": "Is everything answered that was asked?"},
          {"name": "clear", "question": "Can a beginner follow it?"}, {"name": "padded", "question": "Does it repeat itself?", "pitfall": true}]}
        """;

    /// <summary>An answer known to be right, where the style compares with one.</summary>
    public string? Reference { get; private init; }

    /// <summary>The rubric as JSON, where the style goes by criteria.</summary>
    public string? Rubric { get; private init; }

    /// <summary>The likeliest words in the place of the answer, where probabilities are read.</summary>
    public IReadOnlyList<string> Words { get; private init; } = [];

    /// <summary>True where every call gets the same answer, so that a server without a judge can give it.</summary>
    public bool IsFixed => Name != "listwise";

    /// <summary>The styles that are measured.</summary>
    public static IReadOnlyList<JudgedStyle> All { get; } =
    [
        new("rubric", 1, _ => $$"""{"explanation": "{{Reasons}}", "score": 4}"""),
        new("binary", 1, _ => $$"""{"explanation": "{{Reasons}}", "met": true}"""),
        new("pairwise", 2, _ => $$"""{"explanation": "{{Reasons}}", "better": "tie"}"""),
        new("listwise", 4, ids => $$"""
            {"explanation": "{{Reasons}}", "scores": {{{string.Join(", ", ids.Select(id => $"\"{id}\": 4"))}}}, "ranking": [{{string.Join(", ", ids.Select(id => $"\"{id}\""))}}]}
            """),
        new("criteria", 1, _ => JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["why right"] = Reasons[..140], ["right"] = "yes", ["why whole"] = Reasons[140..280], ["whole"] = "yes",
            ["why clear"] = Reasons[..140], ["clear"] = "yes", ["why padded"] = Reasons[280..420], ["padded"] = "no",
        })) { Rubric = Criteria },
        new("verifier", 1, _ => "YES") { Reference = "42,170 km" },
        new("yes-no", 1, _ => "Yes") { Words = ["Yes", "No", " yes", " no", "The"] },
        new("digits", 1, _ => "4") { Words = ["4", "3", "5", "2", "1"] },
    ];

    /// <summary>The tokens of the answer as Core reads them; none where probabilities are not read.</summary>
    public IReadOnlyList<TokenChoice> Tokens() => Words.Count == 0
        ? []
        : [new TokenChoice(Words[0], LogProbability(0), [.. Enumerable.Range(0, Alternatives).Select(place => new TokenProbability(Word(place), LogProbability(place)))])];

    /// <summary>The engine's whole reply to a call.</summary>
    public byte[] Reply(IReadOnlyList<string> ids) => JsonBytes.Write(json =>
    {
        json.WriteString("id", "chatcmpl-0123456789abcdef0123456789abcdef");
        json.WriteString("object", "chat.completion");
        json.WriteNumber("created", 1_700_000_000);
        json.WriteString("model", "judge");
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", Say(ids));
        json.WriteEndObject();
        WriteLogprobs(json);
        json.WriteString("finish_reason", "stop");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", 900);
        json.WriteNumber("completion_tokens", 150);
        json.WriteNumber("total_tokens", 1_050);
        json.WriteEndObject();
    });

    private void WriteLogprobs(Utf8JsonWriter json)
    {
        if (Words.Count == 0)
        {
            return;
        }

        json.WriteStartObject("logprobs");
        json.WriteStartArray("content");
        json.WriteStartObject();
        WriteToken(json, 0);
        json.WriteStartArray("top_logprobs");
        for (var place = 0; place < Alternatives; place++)
        {
            json.WriteStartObject();
            WriteToken(json, place);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteToken(Utf8JsonWriter json, int place)
    {
        json.WriteString("token", Word(place));
        json.WriteNumber("logprob", LogProbability(place));
        json.WriteStartArray("bytes");
        foreach (var one in Encoding.UTF8.GetBytes(Word(place)))
        {
            json.WriteNumberValue(one);
        }

        json.WriteEndArray();
    }

    private string Word(int place) => place < Words.Count ? Words[place] : $"w{place}";

    // 0.8 of what is left to each in turn.
    private static double LogProbability(int place) => Math.Log(0.8) + (place * Math.Log(0.2));
}
