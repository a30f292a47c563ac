using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Onnx.Tokens;

namespace Gateway.Onnx.Text;

/// <summary>
/// From an item to token ids: template, control tokens, BOS and EOS where they are required and absent, and the length rule. One per worker.
/// </summary>
internal sealed class TextEncoder(EncodingRules rules)
{
    private readonly PartEncoder _parts = new(rules);
    private readonly Truncator _truncator = new(rules);
    private readonly TokenBuffer _tokens = new();

    /// <summary>The ids of the last item, valid until the next.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.Ids;

    /// <summary>True where the last item was cut to the model's length.</summary>
    public bool Truncated { get; private set; }

    /// <summary>Encodes one response of an item; null, or why it cannot be read.</summary>
    public Failure? Encode(HardenedItem hardened, int response)
    {
        _tokens.Clear();
        Truncated = false;
        try
        {
            return hardened.Item.Body switch
            {
                ItemBody.Conversation conversation => EncodeText(Render(conversation, response)),
                ItemBody.Templated templated => EncodeText(Render(templated)),
                ItemBody.TokenIds given => EncodeIds(given.Ids),
                var other => throw new InvalidOperationException($"{other.GetType().Name} has no encoding. This is a bug."),
            };
        }
        catch (GatewayException fault)
        {
            return new Failure(fault.Kind, fault.Message);
        }
    }

    /// <summary>Ends the last item: its ids are gone, and so is working memory that it grew beyond what is worth keeping.</summary>
    public void Release()
    {
        _tokens.Release();
        _parts.Release();
        _truncator.Release();
    }

    private RenderedText Render(ItemBody.Conversation conversation, int response) =>
        rules.Template?.Render(conversation.Prompt, conversation.Responses[response], rules.Reasoning)
        ?? throw new GatewayException(
            ErrorKind.InvalidRequest, $"{rules.ModelName} has no chat template; send text that went through one, or token ids.");

    private RenderedText Render(ItemBody.Templated templated) =>
        rules.Template?.Render(templated, rules.Reasoning) ?? new RenderedText([new TextPart(templated.Text, IsTemplate: true)], -1);

    private Failure? EncodeText(RenderedText text)
    {
        var bytes = text.Parts.Sum(part => (long)part.Text.Length);
        if (bytes <= rules.MaxBytes)
        {
            _parts.Encode(text.Parts, _tokens);
            AddEnds();
            if (_tokens.Count <= rules.MaxTokens)
            {
                return null;
            }
        }

        if (rules.Truncation == Truncation.Error)
        {
            return bytes > rules.MaxBytes ? TooLong($"{bytes} bytes", $"{rules.MaxBytes} bytes") : TooManyTokens();
        }

        Truncated = true;
        return _truncator.Truncate(text, _tokens);
    }

    private Failure? EncodeIds(IReadOnlyList<int> ids)
    {
        if (ids.Count > rules.MaxTokens && rules.Truncation == Truncation.Error)
        {
            return TooLong($"{ids.Count} tokens", $"{rules.MaxTokens}");
        }

        if (ids.Count == 0)
        {
            return new Failure(ErrorKind.InvalidRequest, "The list of token ids is empty; send at least one.");
        }

        // BOS and EOS may be among the ids, so one more than can be kept is read at either edge.
        var window = rules.MaxTokens + 1;
        for (var i = 0; i < ids.Count; i++)
        {
            if ((uint)ids[i] >= (uint)rules.Vocabulary)
            {
                return new Failure(
                    ErrorKind.InvalidRequest, $"Token id {ids[i]} at index {i} is outside {rules.ModelName}'s vocabulary of {rules.Vocabulary}.");
            }

            if (i < window || i >= ids.Count - window)
            {
                _tokens.Add(ids[i]);
            }
        }

        AddEnds();
        if (_tokens.Count <= rules.MaxTokens)
        {
            return null;
        }

        if (rules.Truncation == Truncation.Error)
        {
            return TooManyTokens();
        }

        Truncated = true;
        return _truncator.TruncateWithoutTurn(_tokens.Ids, _tokens);
    }

    private void AddEnds()
    {
        if (rules.BosId is { } bos && (_tokens.Count == 0 || _tokens.Ids[0] != bos))
        {
            _tokens.Prepend(bos);
        }

        if (rules.EosId is { } eos && (_tokens.Count == 0 || _tokens.Ids[^1] != eos))
        {
            _tokens.Add(eos);
        }
    }

    private Failure TooManyTokens() => TooLong($"{_tokens.Count} tokens", $"{rules.MaxTokens}");

    private Failure TooLong(string length, string limit) => new(
        ErrorKind.InputTooLong,
        $"{length}; {rules.ModelName} reads at most {limit}; shorten the text, or set Gateway:Models:{rules.ModelName}:Truncation.");
}
