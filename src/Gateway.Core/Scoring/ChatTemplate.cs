using System.Text;

namespace Gateway.Core.Scoring;

/// <summary>
/// A chat template as data: what is written around each role's turn. Pure; renders conversations and finds the judged turn in text that
/// some other program templated, so that the same conversation gives the same text by every dialect.
/// </summary>
public sealed class ChatTemplate
{
    private const string RolePlaceholder = "{role}";
    internal const string SystemRole = "system";

    // Families such as Phi have one control token per role (<|user|>): these names are the template's own words, whoever sent them.
    private static readonly string[] OwnRoles = [SystemRole, Message.User, Message.Assistant, "tool"];

    private readonly IReadOnlyDictionary<string, TurnFormat> _roles;
    private readonly TurnFormat? _other;
    private readonly Utf8Text _assistantBefore;
    private readonly Utf8Text _assistantAfter;
    private readonly Utf8Text[] _closings;

    /// <summary>Makes a template.</summary>
    /// <param name="roles">What is written around each known role's content.</param>
    /// <param name="other">What is written around any other role's; null refuses unknown roles.</param>
    /// <param name="trim">Whether content loses white space at both ends, as many published templates do.</param>
    /// <param name="defaultSystem">A system turn that is written where the conversation does not begin with one; null writes none.</param>
    /// <param name="stopTokens">Other tokens that policies end with, dropped after a templated response: EOS and end-of-turn tokens.</param>
    public ChatTemplate(
        IReadOnlyDictionary<string, TurnFormat> roles,
        TurnFormat? other = null,
        bool trim = false,
        string? defaultSystem = null,
        IReadOnlyList<string>? stopTokens = null)
    {
        _roles = roles;
        _other = other;
        Trim = trim;
        DefaultSystem = defaultSystem;
        var assistant = FormatOf(Message.Assistant)
            ?? throw new ArgumentException("The template says nothing of the role 'assistant'; give it a 'before' and an 'after'.", nameof(roles));
        _assistantBefore = new Utf8Text(assistant.Before.Replace(RolePlaceholder, Message.Assistant, StringComparison.Ordinal));
        var last = assistant.Last ?? assistant.After;
        _assistantAfter = new Utf8Text(last);
        if (defaultSystem is not null && FormatOf(SystemRole) is null)
        {
            throw new ArgumentException("The template has a default system turn but says nothing of the role 'system'.", nameof(defaultSystem));
        }

        _closings = [.. ((string[])[last, last.TrimEnd(), assistant.After, assistant.After.TrimEnd(), .. stopTokens ?? []])
            .Where(closing => closing.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .OrderByDescending(closing => closing.Length)
            .Select(closing => new Utf8Text(closing))];
        Headers = [.. OwnRoles.Concat(roles.Keys).Distinct(StringComparer.Ordinal)
            .Select(role => (Role: role, Format: FormatOf(role)))
            .Where(turn => turn.Format is { Before.Length: > 0 })
            .Select(turn => new TurnHeader(turn.Role, new Utf8Text(turn.Format!.Before.Replace(RolePlaceholder, turn.Role, StringComparison.Ordinal)), new Utf8Text(turn.Format.After)))
            .DistinctBy(turn => turn.Before)];
    }

    /// <summary>What begins and ends a turn of each role that it knows by name.</summary>
    internal IReadOnlyList<TurnHeader> Headers { get; }

    /// <summary>Whether content loses white space at both ends.</summary>
    public bool Trim { get; }

    /// <summary>The system turn that is written where a conversation does not begin with one.</summary>
    public string? DefaultSystem { get; }

    /// <summary>A conversation's prompt and one response as text.</summary>
    /// <param name="prompt">The turns before the response.</param>
    /// <param name="response">The judged turn's content.</param>
    /// <param name="reasoning">Whether the response's reasoning is written.</param>
    /// <exception cref="GatewayException">A turn's role is not one that the template can write.</exception>
    public RenderedText Render(IReadOnlyList<Message> prompt, Utf8Text response, Reasoning reasoning = Reasoning.Keep)
    {
        var parts = new List<TextPart>();
        if (DefaultSystem is not null && (prompt.Count == 0 || prompt[0].Role != SystemRole))
        {
            Write(parts, SystemRole, new Utf8Text(DefaultSystem));
        }

        foreach (var (role, content) in prompt)
        {
            Write(parts, role, content);
        }

        var responseAt = parts.Count;
        parts.Add(new TextPart(_assistantBefore, IsTemplate: true));
        parts.Add(new TextPart(Trimmed(ReasoningText.Apply(response, reasoning)), IsTemplate: false));
        parts.Add(new TextPart(_assistantAfter, IsTemplate: true));
        return new RenderedText(parts, responseAt);
    }

    /// <summary>
    /// Templated text with its judged turn found and closed as this template closes it, whatever the sender's closing tokens were.
    /// Text without such a turn comes back as one part.
    /// </summary>
    public RenderedText Render(ItemBody.Templated templated, Reasoning reasoning = Reasoning.Keep)
    {
        var (header, start, length) = FindResponse(templated);
        if (start < 0)
        {
            return new RenderedText([new TextPart(templated.Text, IsTemplate: true)], -1);
        }

        var response = ReasoningText.Apply(templated.Text.Slice(start, length), reasoning);
        if (header < 0)
        {
            return new RenderedText(
                [
                    new TextPart(templated.Text.Slice(0, start), IsTemplate: true),
                    new TextPart(response, IsTemplate: false),
                    new TextPart(templated.Text.Slice(start + length), IsTemplate: true),
                ],
                -1);
        }

        return new RenderedText(
            [
                new TextPart(templated.Text.Slice(0, header), IsTemplate: true),
                new TextPart(_assistantBefore, IsTemplate: true),
                new TextPart(Trimmed(response), IsTemplate: false),
                new TextPart(_assistantAfter, IsTemplate: true),
            ],
            1);
    }

    /// <summary>
    /// Where the response lies in templated text, in bytes without its closing tokens: what follows the prompt where one was sent and the
    /// text starts with it, else the last assistant turn. Start is -1 where there is none; Header is where this template's assistant
    /// header begins right before it, or -1.
    /// </summary>
    public (int Header, int Start, int Length) FindResponse(ItemBody.Templated templated)
    {
        var text = templated.Text.Span;
        var before = _assistantBefore.Span;
        if (templated.Prompt is { IsEmpty: false } prompt && text.StartsWith(prompt.Span))
        {
            var (header, start) = HeaderAround(text, prompt.Length);
            return (header, start, LengthWithoutClosing(text[start..]));
        }

        var last = before.IsEmpty ? -1 : text.LastIndexOf(before);
        return last < 0 ? (-1, -1, 0) : (last, last + before.Length, LengthWithoutClosing(text[(last + before.Length)..]));
    }

    /// <summary>True where the text ends with the header of an assistant turn, so that a response follows it.</summary>
    public bool OpensResponse(Utf8Text text) => HeaderAround(text.Span, text.Length).Header >= 0;

    /// <summary>How many assistant turns the text has, by this template's header.</summary>
    public int CountAssistantTurns(ReadOnlySpan<byte> text) => _assistantBefore.IsEmpty ? 0 : text.Count(_assistantBefore.Span);

    // Prompts often end before the header's last white space, which the policy then writes or leaves out: "…[/INST]" and "\n\nAssistant:".
    private (int Header, int Start) HeaderAround(ReadOnlySpan<byte> text, int promptLength)
    {
        var before = _assistantBefore.Span;
        var visible = before.TrimEnd(" \t\r\n"u8).Length;
        for (var known = before.Length; known >= visible && known > 0; known--)
        {
            if (text[..promptLength].EndsWith(before[..known]))
            {
                var missing = before[known..];
                return (promptLength - known, text[promptLength..].StartsWith(missing) ? promptLength + missing.Length : promptLength);
            }
        }

        // Templates of reasoning models open the reasoning in the prompt; it is the response's first line all the same.
        var opened = text[..promptLength].TrimEnd(" \t\r\n"u8);
        return opened.EndsWith(ReasoningText.Open) && HeaderAround(text, opened.Length - ReasoningText.Open.Length) is { Header: >= 0 } reasoning
            ? reasoning
            : (-1, promptLength);
    }

    // Senders close a turn, then may end the text, then may pad it, with the same tokens; white space is dropped once, since a response may end with it.
    private int LengthWithoutClosing(ReadOnlySpan<byte> response)
    {
        while (ClosingOf(response) is { } closing)
        {
            response = response[..^closing.Length];
            if (closing.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            {
                break;
            }
        }

        return response.Length;
    }

    private Utf8Text? ClosingOf(ReadOnlySpan<byte> response)
    {
        foreach (var closing in _closings)
        {
            if (response.EndsWith(closing.Span))
            {
                return closing;
            }
        }

        return null;
    }

    private void Write(List<TextPart> parts, string role, Utf8Text content)
    {
        var format = FormatOf(role) ?? throw new GatewayException(
            ErrorKind.InvalidRequest,
            $"The model's chat template cannot write the role '{role}'; it knows {string.Join(", ", _roles.Keys.Order(StringComparer.Ordinal))}.");
        var placeholder = format.Before.IndexOf(RolePlaceholder, StringComparison.Ordinal);
        if (placeholder < 0 || OwnRoles.Contains(role, StringComparer.Ordinal))
        {
            parts.Add(new TextPart(new Utf8Text(format.Before.Replace(RolePlaceholder, role, StringComparison.Ordinal)), IsTemplate: true));
        }
        else
        {
            // Any other role is the client's word: it must not be able to write a control token.
            parts.Add(new TextPart(new Utf8Text(format.Before[..placeholder]), IsTemplate: true));
            parts.Add(new TextPart(new Utf8Text(role), IsTemplate: false));
            parts.Add(new TextPart(new Utf8Text(format.Before[(placeholder + RolePlaceholder.Length)..]), IsTemplate: true));
        }

        parts.Add(new TextPart(Trimmed(content), IsTemplate: false));
        parts.Add(new TextPart(new Utf8Text(format.After), IsTemplate: true));
    }

    private TurnFormat? FormatOf(string role) => _roles.GetValueOrDefault(role) ?? _other;

    /// <summary>Content as the template writes it.</summary>
    internal Utf8Text Trimmed(Utf8Text text)
    {
        if (!Trim)
        {
            return text;
        }

        var span = text.Span;
        var start = 0;
        while (start < span.Length && Rune.DecodeFromUtf8(span[start..], out var rune, out var size) == System.Buffers.OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            start += size;
        }

        var end = span.Length;
        while (end > start && Rune.DecodeLastFromUtf8(span[..end], out var rune, out var size) == System.Buffers.OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            end -= size;
        }

        return text.Slice(start, end - start);
    }
}
