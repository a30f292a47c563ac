using System.Buffers;
using System.Text;
using Gateway.Core.Hardening.Rules;

namespace Gateway.Core.Hardening;

/// <summary>
/// Breaks control tokens visibly in text that goes to a model on another machine, whose tokenizer would take them for its own: a space after
/// a token's first character, so that <c>&lt;|im_end|&gt;</c> is sent as <c>&lt; |im_end|&gt;</c>. Text without tokens stays as it is, byte for byte.
/// </summary>
public sealed class TokenBreaker
{
    private readonly byte[][] _own;
    private readonly byte[]? _kept;
    private readonly SearchValues<byte> _firstBytes;

    /// <summary>Breaks the tokens that <see cref="ControlTokenRule"/> knows, and a model's own.</summary>
    /// <param name="own">The model's own.</param>
    /// <param name="kept">A token that stays, where whoever sent the text must write it; null where none does.</param>
    /// <exception cref="ArgumentException">A token has white space, which could come to be by breaking, or one character, which cannot be broken.</exception>
    public TokenBreaker(IEnumerable<string> own, string? kept = null)
    {
        var tokens = own.Distinct(StringComparer.Ordinal).ToArray();
        if (Array.Find(tokens, token => !CanBreak(token)) is { } wrong)
        {
            throw new ArgumentException($"'{wrong}' cannot be broken: a token has two characters or more, and no white space.", nameof(own));
        }

        _own = [.. tokens.Select(Encoding.UTF8.GetBytes)];
        _kept = kept is null ? null : Encoding.UTF8.GetBytes(kept);
        _firstBytes = SearchValues.Create([(byte)'<', (byte)'[', (byte)']', (byte)'>', (byte)'|', .. _own.Select(token => token[0])]);
    }

    /// <summary>True for two characters or more without white space.</summary>
    public static bool CanBreak(string token) => token.EnumerateRunes().Count() > 1 && !token.Any(char.IsWhiteSpace);

    /// <summary>Writes the text with every token broken.</summary>
    public void Break(ReadOnlySpan<byte> text, IBufferWriter<byte> target)
    {
        while (FirstToken(text) is var at && at >= 0)
        {
            // On from the next character, not from the token's end: tokens may lie within tokens.
            Rune.DecodeFromUtf8(text[at..], out _, out var first);
            target.Write(text[..(at + first)]);
            target.Write(" "u8);
            text = text[(at + first)..];
        }

        target.Write(text);
    }

    /// <summary>True where the text holds a token, so that breaking changes it.</summary>
    public bool HasToken(ReadOnlySpan<byte> text) => FirstToken(text) >= 0;

    private int FirstToken(ReadOnlySpan<byte> text)
    {
        for (var at = 0; text[at..].IndexOfAny(_firstBytes) is var next && next >= 0; at++)
        {
            at += next;
            if (IsTokenAt(text[at..]))
            {
                return at;
            }
        }

        return -1;
    }

    private bool IsTokenAt(ReadOnlySpan<byte> text)
    {
        if (_kept is not null && text.StartsWith(_kept))
        {
            return false;
        }

        if (ControlTokenRule.LengthAt(text) > 0)
        {
            return true;
        }

        foreach (var token in _own)
        {
            if (text.StartsWith(token))
            {
                return true;
            }
        }

        return false;
    }
}
