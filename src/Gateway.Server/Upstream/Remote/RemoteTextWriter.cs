using System.Buffers;
using System.Text;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream.Remote;

/// <summary>
/// Writes items as engines take them: by the manifest's template, as messages, or as a pair. What people and policies wrote loses its control
/// tokens by breaking; BOS and EOS are there once where the manifest names them.
/// </summary>
internal sealed class RemoteTextWriter
{
    private readonly RemoteManifest _model;
    private readonly string _name;
    private readonly Reasoning _reasoning;
    private readonly bool _engineWritesBos;
    private readonly TokenBreaker _breaker;
    private readonly TokenBreaker _breakerButTag;
    private readonly byte[]? _bos;
    private readonly byte[]? _eos;

    /// <summary>A writer for one model.</summary>
    public RemoteTextWriter(RemoteManifest model, ModelSource source, EngineTraits traits)
    {
        (_model, _name, _reasoning, _engineWritesBos) = (model, source.Name, source.Deployment.Reasoning, traits.WritesBos);
        string[] own = [.. model.ControlTokens, .. new[] { model.Bos, model.Eos }.OfType<string>()];
        _breaker = new TokenBreaker(model.Steps is { } steps ? [.. own, steps.Tag] : own);
        _breakerButTag = model.Steps is { } rules ? new TokenBreaker(own, rules.Tag) : _breaker;
        _bos = model.Bos is { } bos ? Encoding.UTF8.GetBytes(bos) : null;
        _eos = model.Eos is { } eos ? Encoding.UTF8.GetBytes(eos) : null;
    }

    /// <summary>One response of an item.</summary>
    /// <exception cref="GatewayException">The model cannot take such an item.</exception>
    public RemoteText Write(ItemBody body, int response)
    {
        var text = (body, _model.Form) switch
        {
            (ItemBody.TokenIds, _) => throw new GatewayException(
                ErrorKind.InvalidRequest, $"{_name} runs on another server and takes text; send text or messages in place of token ids."),
            (ItemBody.Conversation conversation, RemoteForm.Messages) => Messages(conversation.Prompt, conversation.Responses[response]),
            (ItemBody.Conversation conversation, RemoteForm.Pair) => Pair(conversation.Prompt, conversation.Responses[response]),
            (ItemBody.Templated templated, RemoteForm.Pair) => Pair(templated),
            (ItemBody.Conversation conversation, _) => Text(Template.Render(conversation.Prompt, conversation.Responses[response], _reasoning), isSent: false),
            (ItemBody.Templated templated, _) => Text(Rendered(templated), isSent: true),
            _ => throw new InvalidOperationException($"{body.GetType().Name} has no remote form. This is a bug."),
        };
        return text with { Prefix = PromptPrefix.Of(body) };
    }

    private ChatTemplate Template => _model.Template ?? throw new GatewayException(
        ErrorKind.InvalidRequest, $"{_name} has no chat template; send text that went through one, or add 'template' to its manifest.");

    private RenderedText Rendered(ItemBody.Templated templated) =>
        _model.Template?.Render(templated, _reasoning) ?? new RenderedText([new TextPart(templated.Text, IsTemplate: true)], -1);

    // Whoever sends templated text has written the step tags in it; in a conversation they are ours.
    private RemoteText Text(RenderedText rendered, bool isSent)
    {
        // The judged turn is the last part that is not the template's.
        var judged = rendered.Parts.Count - 1;
        while (judged >= 0 && rendered.Parts[judged].IsTemplate)
        {
            judged--;
        }

        var text = new ArrayBufferWriter<byte>((int)rendered.Parts.Sum(part => (long)part.Text.Length) + 64);
        WriteBos(text, rendered.Parts);
        var (promptEnd, responseEnd) = (0, 0);
        for (var i = 0; i < rendered.Parts.Count; i++)
        {
            promptEnd = i == judged ? text.WrittenCount : promptEnd;
            WritePart(text, rendered.Parts[i], i == judged && !isSent, isSent ? _breakerButTag : _breaker);
            responseEnd = i == judged ? text.WrittenCount : responseEnd;
        }

        if (_eos is not null && !text.WrittenSpan.EndsWith(_eos))
        {
            text.Write(_eos);
        }

        var whole = text.WrittenMemory;
        var start = _engineWritesBos && _bos is not null && whole.Span.StartsWith(_bos) ? _bos.Length : 0;
        return new RemoteText
        {
            Text = whole[start..],
            Prompt = whole[Math.Min(start, promptEnd)..promptEnd],
            Response = whole[promptEnd..responseEnd],
            Steps = Tags(whole.Span),
        };
    }

    private void WriteBos(ArrayBufferWriter<byte> text, IReadOnlyList<TextPart> parts)
    {
        if (_bos is not null && !_engineWritesBos && !(parts.Count > 0 && parts[0] is { IsTemplate: true, Text: var first } && first.Span.StartsWith(_bos)))
        {
            text.Write(_bos);
        }
    }

    private void WritePart(ArrayBufferWriter<byte> text, TextPart part, bool inSteps, TokenBreaker breaker)
    {
        if (part.IsTemplate)
        {
            text.Write(part.Text.Span);
        }
        else if (inSteps)
        {
            WriteSteps(text, part.Text.Span);
        }
        else
        {
            breaker.Break(part.Text.Span, text);
        }
    }

    // Step by step with a tag after each; a response without steps to judge is one stretch of text.
    private void WriteSteps(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> response)
    {
        if (_model.Steps is not { } rules)
        {
            _breaker.Break(response, text);
            return;
        }

        var (tag, separator) = (Encoding.UTF8.GetBytes(rules.Tag), Encoding.UTF8.GetBytes(rules.Separator));
        var written = 0;
        foreach (var range in Split(response, separator))
        {
            var step = response[range];
            if (!step.Trim(" \t\r\n"u8).IsEmpty)
            {
                _breaker.Break(step, text);
                text.Write(tag);
                written++;
            }
        }

        if (written == 0)
        {
            // An immediate end is a response of one empty step.
            text.Write(tag);
        }
    }

    private static List<Range> Split(ReadOnlySpan<byte> text, ReadOnlySpan<byte> separator)
    {
        var ranges = new List<Range>();
        foreach (var range in text.Split(separator))
        {
            ranges.Add(range);
        }

        return ranges;
    }

    private int Tags(ReadOnlySpan<byte> text) => _model.Steps is { } rules ? text.Count(Encoding.UTF8.GetBytes(rules.Tag)) : 0;

    private RemoteText Messages(IReadOnlyList<Message> prompt, Utf8Text response)
    {
        var turns = new List<RemoteTurn>(prompt.Count + 1);
        foreach (var (role, content) in prompt)
        {
            turns.Add(new RemoteTurn(Encoding.UTF8.GetString(Broken(Encoding.UTF8.GetBytes(role)).Span), Broken(content.Span)));
        }

        var judged = new ArrayBufferWriter<byte>();
        WriteSteps(judged, ReasoningText.Apply(response, _reasoning).Span);
        turns.Add(new RemoteTurn(Message.Assistant, judged.WrittenMemory));
        return new RemoteText { Turns = turns, Steps = Tags(judged.WrittenSpan) };
    }

    private RemoteText Pair(IReadOnlyList<Message> prompt, Utf8Text response)
    {
        var before = prompt.Count == 1
            ? Broken(prompt[0].Content.Span)
            : (_model.Template ?? throw new GatewayException(
                ErrorKind.InvalidRequest,
                $"{_name} judges a pair of texts, so its prompt is one turn; this one has {prompt.Count}. Send one, or add 'template' to its manifest to write them as one text."))
                .Render(prompt, response) is var rendered ? Flat(rendered.Parts.Take(rendered.ResponseAt)) : default;
        return new RemoteText { IsPair = true, Prompt = before, Text = Broken(ReasoningText.Apply(response, _reasoning).Span) };
    }

    private RemoteText Pair(ItemBody.Templated templated)
    {
        var (header, start, length) = _model.Template?.FindResponse(templated) ?? Flat(templated);
        if (start < 0)
        {
            throw new GatewayException(
                ErrorKind.InvalidRequest, $"{_name} judges a pair of texts and no response was found in this one; send messages, or the text with its prompt.");
        }

        return new RemoteText
        {
            IsPair = true,
            Prompt = templated.Text.Span[..(header >= 0 ? header : start)].ToArray(),
            Text = Broken(ReasoningText.Apply(templated.Text.Slice(start, length), _reasoning).Span),
        };
    }

    private static (int Header, int Start, int Length) Flat(ItemBody.Templated templated) =>
        templated.Prompt is { IsEmpty: false } prompt && templated.Text.Span.StartsWith(prompt.Span)
            ? (-1, prompt.Length, templated.Text.Length - prompt.Length)
            : (-1, -1, 0);

    private ReadOnlyMemory<byte> Flat(IEnumerable<TextPart> parts)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var part in parts)
        {
            WritePart(text, part, inSteps: false, _breaker);
        }

        return text.WrittenMemory;
    }

    private ReadOnlyMemory<byte> Broken(ReadOnlySpan<byte> text)
    {
        var broken = new ArrayBufferWriter<byte>(Math.Max(1, text.Length));
        _breaker.Break(text, broken);
        return broken.WrittenMemory;
    }
}
