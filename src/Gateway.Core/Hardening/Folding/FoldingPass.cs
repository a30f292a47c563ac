using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// One pass over text that is not ASCII. Words that mix Latin letters with letters that pass for them are written as Latin, mathematical
/// alphabets as plain letters, and what nobody sees is left out; the folded text is never longer.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="folded">Where it is written.</param>
/// <param name="until">The byte of the folded text whose origin is wanted; -1 to fold everything.</param>
internal ref struct FoldingPass(ReadOnlySpan<byte> text, Span<byte> folded, int until)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly Span<byte> _folded = folded;
    private FoldingState _at;

    /// <summary>What the text holds.</summary>
    public TextFacts Facts;

    /// <summary>How many bytes were written.</summary>
    public readonly int Written => _at.Written;

    /// <summary>Where the wanted byte comes from; -1 where it lies past the end.</summary>
    public int Found { get; private set; } = -1;

    /// <summary>Folds everything: what is plain in stretches, the rest a character at a time.</summary>
    public void Run()
    {
        var plain = new PlainStretch(_text, _folded);
        while (_at.Read < _text.Length)
        {
            plain.Run(ref _at);
            if (_at.Read < _text.Length)
            {
                TakeOne();
            }
        }

        EndWord();
        See(plain.Seen);
    }

    /// <summary>Folds up to the word of the wanted byte, or everything, a character at a time.</summary>
    public void RunSlowly()
    {
        while (_at.Read < _text.Length)
        {
            if (Written == until && Found < 0)
            {
                Found = _at.Read;
            }

            if (TakeOne())
            {
                return;
            }
        }

        EndWord();
    }

    // True where the word with the wanted byte has ended.
    private bool TakeOne()
    {
        var first = _text[_at.Read];
        if (first < 0x80)
        {
            return Take((char)first, 1);
        }

        Rune.DecodeFromUtf8(_text[_at.Read..], out var rune, out var size);
        if (rune.IsBmp)
        {
            return Take((char)rune.Value, size);
        }

        TakeWide(rune, size);
        return false;
    }

    private bool Take(char character, int size)
    {
        var kind = FoldTable.KindOf(character);
        var endsWord = (kind & (CharacterKinds.Word | CharacterKinds.Invisible)) == 0;
        if (endsWord && EndWord())
        {
            return true;
        }

        _at.Kinds |= kind;
        See(kind);
        Facts.Invisibles += kind == CharacterKinds.Invisible ? 1 : 0;
        if ((kind & CharacterKinds.Circled) != 0)
        {
            CountStyled();
        }

        var entry = FoldEntries.Of(character);
        Span<byte> utf8 = [(byte)entry, (byte)(entry >> 8), (byte)(entry >> 16)];
        utf8[..FoldEntries.Size(entry)].CopyTo(_folded[Written..]);
        _at.Move(size, FoldEntries.Size(entry));
        if (endsWord)
        {
            _at.EndWord();
        }

        return false;
    }

    private void See(CharacterKinds kinds)
    {
        Facts.HasRightToLeft |= (kinds & CharacterKinds.RightToLeft) != 0;
        Facts.HasThaiOrLao |= (kinds & CharacterKinds.ThaiOrLao) != 0;
    }

    private void TakeWide(Rune rune, int size)
    {
        switch (rune.Value)
        {
            case >= 0x1D400 and < 0x1D6A4:
                // Thirteen alphabets of 52 letters.
                _at.Kinds |= CharacterKinds.Word | CharacterKinds.Latin;
                CountStyled();
                TakeAs((byte)('a' + ((rune.Value - 0x1D400) % 26)), size);
                break;
            case >= 0x1D7CE and <= 0x1D7FF:
                TakeAs((byte)('0' + ((rune.Value - 0x1D7CE) % 10)), size);
                break;
            case (>= 0x1F110 and <= 0x1F129) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189):
                // In brackets, squares and discs.
                CountStyled();
                TakeAs((byte)('a' + ((rune.Value - 0x1F110) % 32)), size);
                break;
            default:
                Facts.Invisibles += rune.Value is (>= 0xE0000 and <= 0xE0FFF) or (>= 0x1D173 and <= 0x1D17A) or 0x1D159 or (>= 0x1BCA0 and <= 0x1BCA3) or (>= 0x13430 and <= 0x13440) ? 1 : 0;
                // Pictures are left out: they split words for a tokenizer and not for a reader.
                var kept = Rune.IsLetterOrDigit(rune) ? _text.Slice(_at.Read, size) : default;
                kept.CopyTo(_folded[Written..]);
                _at.Move(size, kept.Length);
                break;
        }
    }

    private void TakeAs(byte plain, int size)
    {
        _folded[Written] = plain;
        _at.Move(size, 1);
    }

    private bool EndWord()
    {
        if (_at.IsMixed)
        {
            var isLatin = MixedWord.IsDisguised(_folded[_at.WordWritten..Written]);
            if (isLatin || MixedWord.HidesLatin(_folded[_at.WordWritten..Written]))
            {
                Facts.MixedAt = Facts.MixedWords++ == 0 ? _at.WordRead : Facts.MixedAt;
                _at.Written = isLatin ? _at.WordWritten + MixedWord.ToLatin(_folded[_at.WordWritten..Written]) : Written;
            }
        }

        if (Found >= 0 && Written > until)
        {
            Found = _at.IsMixed ? _at.WordRead : Found;
            return true;
        }

        // A word that folds shorter moves what comes after it.
        Found = Written == until ? _at.Read : -1;
        return false;
    }

    private void CountStyled() => Facts.StyledAt = Facts.StyledLetters++ == 0 ? _at.Read : Facts.StyledAt;
}
