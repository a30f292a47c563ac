namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Whether places in a text are shown rather than said: code, a quoted line, or quotation marks. It goes on from the place it was asked about
/// last, so that places in ascending order cost one pass together.
/// </summary>
internal sealed class Quotation
{
    private const int LongestQuote = 400;
    private const int Unknown = -2;

    private int _at;
    private int _line;
    private int _pastBlanks;
    private int _fences;
    private int _fencesCounted;
    private int _lastFence = Unknown;

    /// <summary>How many bytes of the text were read for all questions.</summary>
    public long BytesRead { get; private set; }

    /// <summary>The next question is about another text.</summary>
    public void Forget()
    {
        (_lastFence, BytesRead) = (Unknown, 0);
        Restart();
    }

    /// <summary>True where the byte lies in a code fence, between backticks, on a line that begins with <c>&gt;</c>, or in double quotes.</summary>
    public bool Holds(ReadOnlySpan<byte> text, int at)
    {
        GoTo(text, at);
        if (_fences % 2 == 1 && _lastFence >= at)
        {
            return true;
        }

        if (_pastBlanks < at && text[_pastBlanks] == '>')
        {
            return true;
        }

        var near = text[Math.Max(_line, at - LongestQuote)..at];
        var after = text[at..Math.Min(text.Length, at + LongestQuote)];
        var end = after.IndexOf((byte)'\n');
        after = end < 0 ? after : after[..end];
        BytesRead += near.Length + after.Length;
        return (near.Count((byte)'`') % 2 == 1 && after.Contains((byte)'`'))
            || (near.Count((byte)'"') % 2 == 1 && after.Contains((byte)'"'))
            || (near.LastIndexOf("\u201C"u8) > near.LastIndexOf("\u201D"u8) && after.IndexOf("\u201D"u8) >= 0)
            || (near.LastIndexOf("\u00AB"u8) > near.LastIndexOf("\u00BB"u8) && after.IndexOf("\u00BB"u8) >= 0)
            || (near.LastIndexOf("\u300C"u8) > near.LastIndexOf("\u300D"u8) && after.IndexOf("\u300D"u8) >= 0);
    }

    private void Restart() => (_at, _line, _pastBlanks, _fences, _fencesCounted) = (0, 0, 0, 0, 0);

    private void GoTo(ReadOnlySpan<byte> text, int at)
    {
        if (at < _at)
        {
            Restart();
        }

        if (_lastFence == Unknown)
        {
            _lastFence = text.LastIndexOf("```"u8);
            BytesRead += text.Length;
        }

        BytesRead += at - _at;
        var newLine = text[_at..at].LastIndexOf((byte)'\n');
        if (newLine >= 0)
        {
            _line = _pastBlanks = _at + newLine + 1;
        }

        while (_pastBlanks < at && text[_pastBlanks] == ' ')
        {
            _pastBlanks++;
        }

        CountFences(text, at);
        _at = at;
    }

    private void CountFences(ReadOnlySpan<byte> text, int until)
    {
        for (var next = 0; next >= 0;)
        {
            next = text[_fencesCounted..until].IndexOf("```"u8);
            _fences += next >= 0 ? 1 : 0;
            // One may begin in the last two bytes and end behind the place.
            _fencesCounted = next >= 0 ? _fencesCounted + next + "```"u8.Length : Math.Max(_fencesCounted, until - 2);
        }
    }
}
