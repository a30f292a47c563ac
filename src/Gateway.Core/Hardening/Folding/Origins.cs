using System.Buffers;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Where in a text the bytes of its folded text come from. The first question costs one pass, which leaves a mark every few hundred bytes; each
/// question then walks from the nearest mark, so that many of them cannot cost more than the text.
/// </summary>
internal sealed class Origins
{
    private const int Apart = 256;
    private const int KeptMarks = 4096;

    private readonly List<Mark> _marks = [];
    private bool _ended = true;

    /// <summary>How many bytes of the text were read for all questions.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The next question is about another text.</summary>
    public void Forget()
    {
        _marks.Clear();
        _marks.Capacity = Math.Min(_marks.Capacity, KeptMarks);
        (_ended, BytesRead) = (true, 0);
    }

    /// <summary>Where the byte of the folded text comes from; for a word that was changed, where the word begins.</summary>
    public int Of(ReadOnlySpan<byte> text, int folded)
    {
        if (_marks.Count == 0)
        {
            Read(text);
        }

        var (written, read, end) = _marks[LastUpTo(folded)];
        if (folded < end)
        {
            return read;
        }

        while (read < text.Length)
        {
            var length = FoldingPass.FoldedSize(text[read..], out var size);
            if (written + length > folded)
            {
                return read;
            }

            BytesRead += size;
            written += length;
            read += size;
        }

        return text.Length;
    }

    /// <summary>The pass is about to read a character.</summary>
    public void See(int read, int written)
    {
        if (_ended || written - _marks[^1].Written >= Apart)
        {
            _marks.Add(new Mark(written, read, -1));
            _ended = false;
        }
    }

    /// <summary>The pass has changed a word, so that its bytes come from no characters of their own.</summary>
    public void SeeChanged(int wordRead, int wordWritten, int end)
    {
        var kept = _marks.FindLastIndex(mark => mark.Written < wordWritten) + 1;
        _marks.RemoveRange(kept, _marks.Count - kept);
        _marks.Add(new Mark(wordWritten, wordRead, end));
        _ended = true;
    }

    private void Read(ReadOnlySpan<byte> text)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(text.Length + TextFolder.Padding);
        new FoldingPass(text, buffer, this).RunSlowly();
        ArrayPool<byte>.Shared.Return(buffer);
        BytesRead += text.Length;
    }

    private int LastUpTo(int folded)
    {
        var (low, high) = (0, _marks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _marks[middle].Written <= folded ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    // End is where a changed word ends in the folded text; -1 where none begins.
    private readonly record struct Mark(int Written, int Read, int End);
}
