using System.Buffers;
using System.Text;

namespace Gateway.Onnx.Text;

/// <summary>The tokens that a template can write and nobody else: found by their text, the longest at a place first.</summary>
internal sealed class ControlTokens
{
    private readonly (byte[] Text, int Id)[] _tokens;
    private readonly SearchValues<byte> _firstBytes;

    /// <summary>Makes the set from texts and their ids.</summary>
    public ControlTokens(IEnumerable<KeyValuePair<string, int>> tokens)
    {
        _tokens = [.. tokens.Select(token => (Encoding.UTF8.GetBytes(token.Key), token.Value)).OrderByDescending(token => token.Item1.Length)];
        _firstBytes = SearchValues.Create([.. _tokens.Select(token => token.Text[0]).Distinct()]);
    }

    /// <summary>The bytes of the longest token; 1 where there is none.</summary>
    public int LongestBytes => _tokens.Length == 0 ? 1 : _tokens[0].Text.Length;

    /// <summary>Where the first token begins, its length and id; At is the text's length where there is none.</summary>
    public (int At, int Length, int Id) FindFirst(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length; at++)
        {
            var next = text[at..].IndexOfAny(_firstBytes);
            if (next < 0)
            {
                break;
            }

            at += next;
            foreach (var (token, id) in _tokens)
            {
                if (text[at..].StartsWith(token))
                {
                    return (at, token.Length, id);
                }
            }
        }

        return (text.Length, 0, -1);
    }
}
