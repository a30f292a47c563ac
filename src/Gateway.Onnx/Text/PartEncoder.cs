using Gateway.Core.Scoring;
using Gateway.Onnx.Tokens;

namespace Gateway.Onnx.Text;

/// <summary>
/// Encodes parts of rendered text: control tokens are found in template parts only, and each longest run of other text between them, across
/// parts, is one call of the tokenizer, so that it does not matter by which dialect a conversation came. One per worker.
/// </summary>
internal sealed class PartEncoder(EncodingRules rules)
{
    private const int FirstBytes = 16 * 1024;

    private readonly SentencePieceEncoder _plain = new(rules.Pieces);
    private byte[] _run = new byte[FirstBytes];
    private int _length;

    /// <summary>Adds the ids of parts.</summary>
    public void Encode(IEnumerable<TextPart> parts, TokenBuffer output)
    {
        _length = 0;
        foreach (var part in parts)
        {
            var text = part.Text.Span;
            while (part.IsTemplate && rules.Control.FindFirst(text) is { Id: >= 0 } token)
            {
                Append(text[..token.At]);
                EndRun(output);
                output.Add(token.Id);
                text = text[(token.At + token.Length)..];
            }

            Append(text);
        }

        EndRun(output);
    }

    /// <summary>Drops working memory beyond what is worth keeping.</summary>
    public void Release()
    {
        WorkingMemory.Release(ref _run, FirstBytes);
        _plain.Release();
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        if (_length + text.Length > _run.Length)
        {
            Array.Resize(ref _run, Math.Max(_length + text.Length, _run.Length * 2));
        }

        text.CopyTo(_run.AsSpan(_length));
        _length += text.Length;
    }

    private void EndRun(TokenBuffer output)
    {
        if (_length > 0)
        {
            _plain.Encode(_run.AsSpan(0, _length), output);
            _length = 0;
        }
    }
}
