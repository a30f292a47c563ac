namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// What stands beside content and is none: the mark at the end of a proof, a caption of a sound, thanks for watching and credits of subtitles, a line of a page, a
/// screen or a telephone. In any of the lexicon's languages, and with hardly another word.
/// </summary>
internal ref struct Aside
{
    private const int Longest = 200;
    private const int MostUnknownWords = 6;

    private int _proofs;
    private int _captions;
    private int _credits;
    private int _furniture;
    private int _unknown;
    private int _unknownBytes;
    private int _knownBytes;

    /// <summary>What folded text is, where it is no more than that; empty where it is something else.</summary>
    /// <param name="text">The text as it is, which tells notes from nothing.</param>
    /// <param name="folded">The folded text.</param>
    public string Read(ReadOnlySpan<byte> text, ReadOnlySpan<byte> folded)
    {
        if (folded.Length > Longest || !Run(folded))
        {
            return "";
        }

        var isWhole = _unknown == 0;
        return isWhole && _proofs > 0 ? "the end of a proof that is not there"
            : _captions > 0 && _unknown <= 2 && IsSetOff(text, folded) ? "a caption, and nothing that is said"
            : _credits > 0 && (isWhole || _unknownBytes <= 2 * _knownBytes) && folded.IndexOfAny("=+\\$?"u8) < 0 ? "what stands at the end of a recording"
            : isWhole && _furniture > 0 ? "what stands on pages and screens beside content"
            : "";
    }

    private bool Run(ReadOnlySpan<byte> folded)
    {
        for (var at = 0; at < folded.Length;)
        {
            if (EmptyMarkup.LengthAt(folded[at..]) is > 0 and var markup)
            {
                at += markup;
            }
            else if (!Term.IsWord(folded[at]))
            {
                at++;
            }
            else if (Lexicon.Asides.LongestAt(folded, at, out var end) is { } term)
            {
                _proofs += term.Meaning == TermClass.Proof ? 1 : 0;
                _captions += term.Meaning == TermClass.Caption ? 1 : 0;
                _credits += term.Meaning == TermClass.Credit ? 1 : 0;
                _furniture += term.Meaning == TermClass.Furniture ? 1 : 0;
                _knownBytes += end - at;
                at = end;
            }
            else
            {
                end = Promise.WordEnd(folded, at);
                // Ideographs and syllables are no words: three are about one.
                _unknownBytes += end - at;
                _unknown = folded[at] >= 0xE3 ? _unknownBytes / 9 + 1 : _unknown + 1;
                at = end;
                if (_unknown > MostUnknownWords)
                {
                    return false;
                }
            }
        }

        return _proofs + _captions + _credits + _furniture > 0;
    }

    /// <summary>True where all of a text stands between brackets, asterisks or notes; two asterisks make an answer bold.</summary>
    public static bool IsSetOff(ReadOnlySpan<byte> text, ReadOnlySpan<byte> folded)
    {
        var inner = folded.Trim(" \t\r\n.,"u8);
        return text.IndexOf("\u266A"u8) >= 0 || text.IndexOf("\u266B"u8) >= 0 || text.IndexOf("\u266C"u8) >= 0
            || (inner.Length > 4 && inner[0] switch
            {
                (byte)'[' => inner[^1] == ']',
                (byte)'(' => inner[^1] == ')',
                (byte)'{' => inner[^1] == '}',
                (byte)'<' => inner[^1] == '>',
                (byte)'*' => inner[^1] == '*' && inner[1] != '*',
                (byte)'~' => inner[^1] == '~',
                (byte)'_' => inner[^1] == '_',
                (byte)'-' => inner[^1] == '-',
                _ => false,
            });
    }
}
