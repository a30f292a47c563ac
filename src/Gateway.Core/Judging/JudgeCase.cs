using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Core.Hardening;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging;

/// <summary>One sample of judging one item: its texts in the form in which they may enter a prompt, and its chance. Owns all its text.</summary>
public sealed class JudgeCase
{
    private readonly CaseSettings _settings;
    private readonly ScoreKey _key;
    private readonly CaseSeed _seed;
    private readonly string[] _texts;
    private readonly string _nonce;

    /// <summary>A sample of an item.</summary>
    /// <param name="item">The item; only what passed the hardener can be judged.</param>
    /// <param name="key">Its key at this judge.</param>
    /// <param name="sample">Which sample, from 0.</param>
    /// <param name="settings">How the judge is shown it.</param>
    /// <exception cref="GatewayException">It is no conversation: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public JudgeCase(HardenedItem item, ScoreKey key, int sample, CaseSettings settings)
    {
        if (item.Item.Body is not ItemBody.Conversation(var prompt, var responses))
        {
            throw new GatewayException(ErrorKind.InvalidRequest, "a judge reads conversations; send prompt or messages, and responses.");
        }

        _settings = settings;
        _key = key;
        _seed = new CaseSeed(key, sample);
        Sample = sample;
        Judged = [.. responses.Select(response => ReasoningText.Apply(response, settings.Reasoning).ToString())];
        var guidance = item.Item.Guidance;
        ReferenceText = guidance?.Reference?.ToString();
        Principle = guidance?.Principle ?? settings.Principle;
        Rubric = settings.RubricOf(guidance);
        PromptText = prompt.Count == 1 && prompt[0].Role == Message.User
            ? prompt[0].Content.ToString()
            : string.Join("\n\n", prompt.Select(turn => $"[{turn.Role}]\n{turn.Content}"));
        _texts = [.. Judged, PromptText, ReferenceText ?? ""];
        _nonce = _seed.Nonce(_texts);
    }

    private JudgeCase(JudgeCase first, ScoreKey key, int sample, string[] texts)
    {
        (_settings, Judged, ReferenceText, Principle, Rubric, PromptText, Context, AreCriteriaGenerated, IsScaleGenerated) =
            (first._settings, first.Judged, first.ReferenceText, first.Principle, first.Rubric, first.PromptText, first.Context, first.AreCriteriaGenerated, first.IsScaleGenerated);
        Sample = sample;
        _texts = texts;
        _key = key;
        _seed = new CaseSeed(key, sample);
        _nonce = _seed.Nonce(_texts);
    }

    /// <summary>The same sample of an item that has only this response; the item itself where it has no other.</summary>
    public JudgeCase Only(int response) => Judged.Count == 1 ? this : new JudgeCase(this, _key, Sample, _texts) { Judged = [Judged[response]] };

    /// <summary>The same where of the one response this part of it is shown.</summary>
    public JudgeCase ShowingOnly(string part) => new(this, _key, Sample, _texts) { Judged = [part] };

    /// <summary>The same with other criteria; the scale that holds for the item still does.</summary>
    public JudgeCase WithCriteria(IReadOnlyList<Criterion> criteria) => new(this, _key, Sample, _texts) { Rubric = new Rubric(Rubric?.Scale, criteria) };

    /// <summary>
    /// The same with a rubric that a model wrote: its words are quoted like all that others wrote, and its criteria go by names of ours. Where it has no
    /// scale, the one that holds for the item still does.
    /// </summary>
    public JudgeCase WithGenerated(Rubric rubric) =>
        new(this, _key, Sample, [.. _texts, RubricText.Of(rubric.Criteria, OwnNames(rubric)), .. rubric.Scale?.Descriptions ?? []])
        {
            Rubric = rubric.Scale is null ? new Rubric(Rubric?.Scale, rubric.Criteria) : rubric,
            AreCriteriaGenerated = true,
            IsScaleGenerated = rubric.Scale is not null,
        };

    /// <summary>The same with what a model found out about whoever asks; it is quoted like all that others wrote.</summary>
    public JudgeCase WithGenerated(IReadOnlyList<AnsweredQuestion> context) =>
        context.Count == 0 ? this : new(this, _key, Sample, [.. _texts, Lines(context)]) { Context = context };

    /// <summary>The prompt and what to value alone, without responses, rubric or reference, with a chance that depends on nothing else.</summary>
    public JudgeCase PromptOnly(Principle? principle)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{PromptText}\n{principle?.Digest}"));
        return new JudgeCase(this, ScoreKey.Read(digest), sample: 0, [PromptText]) { Judged = [], ReferenceText = null, Rubric = null, Principle = principle };
    }

    /// <summary>Another prompt and response in the place of the item's, to be shown as an example.</summary>
    public JudgeCase Example(string prompt, string response, string? reference) =>
        new(this, _key, Sample, [prompt, response, reference ?? ""]) { PromptText = prompt, Judged = [response], ReferenceText = reference };

    /// <summary>Another sample of the same item, with the same texts and another chance.</summary>
    public JudgeCase Another(int sample) => new(this, _key, sample, _texts);

    /// <summary>Which sample, from 0.</summary>
    public int Sample { get; }

    /// <summary>The responses as they are, to tell what a judge quotes from what it says; never for a prompt.</summary>
    public IReadOnlyList<string> Judged { get; private init; }

    /// <summary>Everything that others wrote and the judge may quote: responses, prompt, reference and what was generated; never for a prompt.</summary>
    public IReadOnlyList<string> Quotable => _texts;

    /// <summary>What to value; null where nobody said.</summary>
    public Principle? Principle { get; private init; }

    /// <summary>The rubric to go by; null where there is none.</summary>
    public Rubric? Rubric { get; private init; }

    /// <summary>What its criteria are called in a prompt: a model's own names could say something.</summary>
    public IReadOnlyList<string> CriterionNames => Rubric is null ? [] : AreCriteriaGenerated ? OwnNames(Rubric) : [.. Rubric.Criteria.Select(one => one.Name)];

    /// <summary>What a model found out about whoever asks, before it saw a response; empty where that is nothing.</summary>
    public IReadOnlyList<AnsweredQuestion> Context { get; private init; } = [];

    /// <summary>The scale to go by.</summary>
    public ScoreScale Scale => Rubric?.Scale ?? ScoreScale.OneToFive;

    /// <summary>The reference as it is, to be compared; null where there is none.</summary>
    public string? ReferenceText { get; private init; }

    /// <summary>The prompt as it is; never for a judge's prompt.</summary>
    public string PromptText { get; private init; }

    /// <summary>The values of a prompt that shows these responses in this order.</summary>
    public Dictionary<string, PromptText> Values(params IReadOnlyList<int> shown)
    {
        var values = new Dictionary<string, PromptText>(StringComparer.Ordinal)
        {
            ["prompt"] = Untrusted("prompt", PromptText),
            ["lowest"] = Trusted(Scale.Lowest.ToString(CultureInfo.InvariantCulture)),
            ["highest"] = Trusted(Scale.Highest.ToString(CultureInfo.InvariantCulture)),
            ["scale"] = IsScaleGenerated ? Untrusted("scale", RubricText.Of(Scale)) : Trusted(RubricText.Of(Scale)),
        };
        if (shown.Count == 1)
        {
            values["response"] = Untrusted("response", Judged[shown[0]]);
        }
        else if (shown.Count == 2)
        {
            values["response_1"] = Untrusted("response 1", Judged[shown[0]]);
            values["response_2"] = Untrusted("response 2", Judged[shown[1]]);
        }

        if (ReferenceText is not null)
        {
            values["reference"] = Untrusted("reference", ReferenceText);
        }

        if (Principle is not null)
        {
            values["principle"] = Trusted(Principle.Text);
        }

        if (Rubric is { Criteria.Count: > 0 })
        {
            var criteria = RubricText.Of(Rubric.Criteria, CriterionNames);
            values["criteria"] = AreCriteriaGenerated ? Untrusted("criteria", criteria) : Trusted(criteria);
        }

        if (Context.Count > 0)
        {
            values["context"] = Untrusted("context", Lines(Context));
        }

        return values;
    }

    /// <summary>Text of whoever runs the gateway or asks it; control tokens are broken in it all the same.</summary>
    public PromptText Trusted(string text) => new(Broken(text));

    /// <summary>Text that may speak to the judge.</summary>
    /// <param name="label">What it is, in a word or two.</param>
    /// <param name="text">The text.</param>
    public PromptText Untrusted(string label, string text) => new(_settings.Form switch
    {
        UntrustedForm.Plain => Broken(text),
        UntrustedForm.Json => Quoted(Broken(text)),
        _ => $"<<<{label} {_nonce}\n{Broken(text)}\n{label} {_nonce}>>>",
    });

    /// <summary>RewardAnything's one JSON object of principle, prompt and responses, whatever the form.</summary>
    public PromptText Request(IEnumerable<KeyValuePair<string, string>> responses) =>
        new($"{{\"principle\": {Quoted(Broken(Principle?.Text ?? ""))}, \"prompt\": {Quoted(Broken(PromptText))}, \"responses\": {Object(responses).Text}}}");

    /// <summary>A JSON object of texts under their names, whatever the form.</summary>
    public PromptText Object(IEnumerable<KeyValuePair<string, string>> texts) =>
        new("{" + string.Join(", ", texts.Select(text => $"{Quoted(Broken(text.Key))}: {Quoted(Broken(text.Value))}")) + "}");

    /// <summary>Several texts, each under its name.</summary>
    public PromptText Listed(IEnumerable<(string Name, string Text)> texts) => _settings.Form == UntrustedForm.Json
        ? Object(texts.Select(text => KeyValuePair.Create(text.Name, text.Text)))
        : new(string.Join("\n\n", texts.Select(text => Untrusted(text.Name, text.Text).Text)));

    /// <summary>The places from 0 to <paramref name="count"/> - 1 in an order by chance, another for each sample.</summary>
    public int[] Shuffled(int count) => _seed.Order(count, "order");

    /// <summary>A place from 0 to <paramref name="count"/> - 1 by chance, another each time.</summary>
    public int Drawn(int count, int time) => _seed.Order(count, $"draw {time}")[0];

    /// <summary>So many names that say nothing and occur in no text.</summary>
    public string[] Names(int count) => _seed.Names(count, _texts);

    private bool AreCriteriaGenerated { get; init; }

    private bool IsScaleGenerated { get; init; }

    private static string[] OwnNames(Rubric rubric) => [.. Enumerable.Range(1, rubric.Criteria.Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"c{i}"))];

    private static string Lines(IReadOnlyList<AnsweredQuestion> context) => string.Join('\n', context.Select(open => $"- {open.Question} {open.Answer}"));

    private string Broken(string text)
    {
        var pooled = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var bytes = pooled.AsSpan(0, Encoding.UTF8.GetBytes(text, pooled));
            // Half a surrogate pair became a replacement character on the way.
            if (!_settings.Breaker.HasToken(bytes) && bytes.IndexOf("\uFFFD"u8) < 0)
            {
                return text;
            }

            var broken = new ArrayBufferWriter<byte>(bytes.Length + 16);
            _settings.Breaker.Break(bytes, broken);
            return Encoding.UTF8.GetString(broken.WrittenSpan);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
