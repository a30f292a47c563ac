using System.Buffers;
using System.Text;
using Gateway.Onnx.Tokens;

namespace Gateway.Onnx.Text;

/// <summary>
/// The tokens that a template can write and nobody else: found by their text, the longest at a place first. Their texts are a tree of bytes,
/// since hundreds may share a beginning and hostile text is made of beginnings: a place costs at most the longest token, however many there are.
/// </summary>
internal sealed class ControlTokens
{
    private const int TokenEnd = 256;

    private readonly IdMap _tree;
    private readonly SearchValues<byte> _firstBytes;

    /// <summary>Makes the set from texts, each once, and their ids.</summary>
    public ControlTokens(IEnumerable<KeyValuePair<string, int>> tokens)
    {
        var all = tokens.Where(token => token.Key.Length > 0).Select(token => (Text: Encoding.UTF8.GetBytes(token.Key), Id: token.Value)).ToList();
        LongestBytes = all.Select(token => token.Text.Length).DefaultIfEmpty(1).Max();
        _firstBytes = SearchValues.Create([.. all.Select(token => token.Text[0]).Distinct()]);
        _tree = new IdMap(all.Sum(token => token.Text.Length + 1));
        var nodes = 1;
        foreach (var (text, id) in all)
        {
            var node = 0;
            foreach (var value in text)
            {
                var next = _tree.Find(node, value);
                if (next < 0)
                {
                    next = nodes++;
                    _tree.Set(node, value, next);
                }

                node = next;
            }

            _tree.Set(node, TokenEnd, id);
        }
    }

    /// <summary>The bytes of the longest token; 1 where there is none.</summary>
    public int LongestBytes { get; }

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
            var (length, id, _) = LongestAt(text[at..]);
            if (length > 0)
            {
                return (at, length, id);
            }
        }

        return (text.Length, 0, -1);
    }

    /// <summary>The longest token that a text begins with, its id, and how many bytes of the text were looked at to tell.</summary>
    internal (int Length, int Id, int Read) LongestAt(ReadOnlySpan<byte> text)
    {
        var (longest, token, node, read) = (0, -1, 0, 0);
        while (read < text.Length)
        {
            node = _tree.Find(node, text[read++]);
            if (node < 0)
            {
                break;
            }

            var id = _tree.Find(node, TokenEnd);
            (longest, token) = id >= 0 ? (read, id) : (longest, token);
        }

        return (longest, token, read);
    }
}
