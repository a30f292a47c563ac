using Gateway.Core.Scoring;
using Gateway.Onnx.Tokens;

namespace Gateway.Onnx.Text;

/// <summary>
/// Cuts a text to the model's length. Kept always: BOS, EOS, the judged turn's header and its closing tokens. What is dropped is read only as
/// far as needed, so a huge text costs no more than a long one. One per worker.
/// </summary>
internal sealed class Truncator(EncodingRules rules)
{
    // At a window's edge a few tokens differ from those of the whole text; this many more are read, so that they lie in what is dropped.
    private const int WindowMargin = 64;

    private readonly PartEncoder _parts = new(rules);
    private readonly TokenBuffer _buffer = new();

    private int BosLength => rules.BosId is null ? 0 : 1;

    /// <summary>Fills <paramref name="output"/> with the ids that are kept; null, or why they do not fit.</summary>
    public Failure? Truncate(RenderedText text, TokenBuffer output)
    {
        if (text.ResponseAt < 0)
        {
            return TruncateWithoutTurn(Edges(text.Parts), output);
        }

        var prompt = text.Parts.Take(text.ResponseAt).ToArray();
        var turn = text.Parts.Skip(text.ResponseAt).ToArray();
        return rules.Truncation == Truncation.Tail ? CutResponse(prompt, turn, output) : CutPrompt(prompt, turn, output);
    }

    /// <summary>Cuts ids without a judged turn: at the beginning, the end or the middle; null, or why the ends alone do not fit.</summary>
    public Failure? TruncateWithoutTurn(ReadOnlySpan<int> given, TokenBuffer output)
    {
        var eosLength = rules.EosId is null ? 0 : 1;
        var ids = WithoutBos(given.ToArray()).AsSpan();
        ids = eosLength > 0 && ids.Length > 0 && ids[^1] == rules.EosId ? ids[..^1] : ids;
        var room = rules.MaxTokens - BosLength - eosLength;
        if (room < 1)
        {
            return TooLong("BOS and EOS");
        }

        room = Math.Min(room, ids.Length);
        var front = rules.Truncation switch
        {
            Truncation.Head => 0,
            Truncation.Tail => room,
            _ => (room + 1) / 2,
        };
        Write(output, ids[..front], ids[^(room - front)..], default);
        return null;
    }

    /// <summary>Drops working memory beyond what is worth keeping.</summary>
    public void Release()
    {
        _parts.Release();
        _buffer.Release();
    }

    private Failure? CutPrompt(TextPart[] prompt, TextPart[] turn, TokenBuffer output)
    {
        var kept = Bytes(turn) > rules.MaxBytes ? null : Encode(turn);
        var room = kept is null ? -1 : rules.MaxTokens - BosLength - kept.Length - EosLength(kept);
        if (room < 0)
        {
            return TooLong("the judged turn");
        }

        var atStart = rules.Truncation == Truncation.Middle;
        var ids = WithoutBos(Encode(Window(prompt, room, atStart)));
        room = Math.Min(room, ids.Length);
        Write(output, atStart ? ids.AsSpan(0, room) : ids.AsSpan(ids.Length - room), kept, default);
        return null;
    }

    private Failure? CutResponse(TextPart[] prompt, TextPart[] turn, TokenBuffer output)
    {
        if (Bytes(prompt) > rules.MaxBytes)
        {
            return TooLong("the prompt");
        }

        var front = WithoutBos(Encode(prompt));
        var closing = Encode(turn[2..]);
        var room = rules.MaxTokens - BosLength - front.Length - closing.Length - EosLength(closing);
        if (room < Encode(turn[..1]).Length)
        {
            return TooLong("the prompt, the judged turn's header and its closing tokens");
        }

        // Header and response are encoded together, as they are where nothing is cut.
        var body = Encode([turn[0], .. Window(turn[1..2], room, atStart: true)]);
        Write(output, front, body.AsSpan(0, Math.Min(room, body.Length)), closing);
        return null;
    }

    private void Write(TokenBuffer output, ReadOnlySpan<int> first, ReadOnlySpan<int> second, ReadOnlySpan<int> third)
    {
        output.Clear();
        if (rules.BosId is { } bos)
        {
            output.Add(bos);
        }

        output.Add(first);
        output.Add(second);
        output.Add(third);
        if (EosLength(output.Ids) > 0)
        {
            output.Add(rules.EosId!.Value);
        }
    }

    private int EosLength(ReadOnlySpan<int> end) => rules.EosId is { } eos && (end.IsEmpty || end[^1] != eos) ? 1 : 0;

    private int[] WithoutBos(int[] ids) => rules.BosId is { } bos && ids.Length > 0 && ids[0] == bos ? ids[1..] : ids;

    private int[] Encode(IEnumerable<TextPart> parts)
    {
        _buffer.Clear();
        _parts.Encode(parts, _buffer);
        return _buffer.Ids.ToArray();
    }

    private int[] Edges(IReadOnlyList<TextPart> parts)
    {
        // Both windows hold all that can be kept; only where they overlap is the whole text read in one go.
        return Bytes(parts) <= 2 * WindowBytes(rules.MaxTokens)
            ? Encode(parts)
            : [.. Encode(Window(parts, rules.MaxTokens, atStart: true)), .. Encode(Window(parts, rules.MaxTokens, atStart: false))];
    }

    private static long Bytes(IReadOnlyList<TextPart> parts) => parts.Sum(part => (long)part.Text.Length);

    private long WindowBytes(int tokens) => (long)(tokens + WindowMargin) * rules.BytesPerToken;

    /// <summary>The parts within as many bytes as certainly hold <paramref name="tokens"/> tokens, at the start or the end.</summary>
    private List<TextPart> Window(IReadOnlyList<TextPart> parts, int tokens, bool atStart)
    {
        var left = WindowBytes(tokens);
        var window = new List<TextPart>();
        for (var i = 0; i < parts.Count && left > 0; i++)
        {
            var part = parts[atStart ? i : parts.Count - 1 - i];
            window.Add(part with { Text = left >= part.Text.Length ? part.Text : Edge(part.Text, (int)left, atStart) });
            left -= part.Text.Length;
        }

        if (!atStart)
        {
            window.Reverse();
        }

        return window;
    }

    private static Utf8Text Edge(Utf8Text text, int bytes, bool atStart)
    {
        var cut = Utf8Character.StartBefore(text.Span, atStart ? bytes : text.Length - bytes);
        return atStart ? text.Slice(0, cut) : text.Slice(cut);
    }

    private Failure TooLong(string what) => new(
        ErrorKind.InputTooLong,
        $"What truncation must keep ({what}) does not fit into the {rules.MaxTokens} tokens that {rules.ModelName} reads; shorten it.");
}
