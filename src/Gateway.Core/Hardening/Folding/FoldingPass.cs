using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// One pass over text that is not ASCII. Words that mix Latin letters with letters that pass for them are written as Latin, mathematical
/// alphabets as plain letters, and what nobody sees is left out; the folded text is never longer.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="folded">Where it is written.</param>
/// <param name="origins">Who is told where what is written comes from; null where nobody is.</param>
internal ref struct FoldingPass(ReadOnlySpan<byte> text, Span<byte> folded, Origins? origins = null)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly Span<byte> _folded = folded;
    private FoldingState _at;

    /// <summary>What the text holds.</summary>
    public TextFacts Facts;

    /// <summary>How many bytes were written.</summary>
    public readonly int Written => _at.Written;

    /// <summary>How many bytes the character that a text begins with is folded to, in a word that is not changed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">How many bytes it has.</param>
    public static int FoldedSize(ReadOnlySpan<byte> text, out int size)
    {
        Rune.DecodeFromUtf8(text, out var rune, out size);
        return rune.IsBmp ? FoldEntries.Size(FoldEntries.Of(rune.Value)) : IsStyled(rune) || IsStyledDigit(rune) || IsFramed(rune) ? 1 : Rune.IsLetterOrDigit(rune) ? size : 0;
    }

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

    /// <summary>Folds everything a character at a time.</summary>
    public void RunSlowly()
    {
        while (_at.Read < _text.Length)
        {
            TakeOne();
        }

        EndWord();
    }

    private void TakeOne()
    {
        var first = _text[_at.Read];
        if (first < 0x80)
        {
            Take((char)first, 1);
            return;
        }

        Rune.DecodeFromUtf8(_text[_at.Read..], out var rune, out var size);
        if (rune.IsBmp)
        {
            Take((char)rune.Value, size);
        }
        else
        {
            TakeWide(rune, size);
        }
    }

    private void Take(char character, int size)
    {
        var kind = FoldTable.KindOf(character);
        var endsWord = (kind & (CharacterKinds.Word | CharacterKinds.Invisible)) == 0;
        if (endsWord)
        {
            EndWord();
        }

        origins?.See(_at.Read, Written);
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
    }

    private void See(CharacterKinds kinds)
    {
        Facts.HasRightToLeft |= (kinds & CharacterKinds.RightToLeft) != 0;
        Facts.HasThaiOrLao |= (kinds & CharacterKinds.ThaiOrLao) != 0;
    }

    private void TakeWide(Rune rune, int size)
    {
        origins?.See(_at.Read, Written);
        if (IsStyled(rune))
        {
            _at.Kinds |= CharacterKinds.Word | CharacterKinds.Latin;
            CountStyled();
            TakeAs((byte)('a' + ((rune.Value - 0x1D400) % 26)), size);
        }
        else if (IsFramed(rune))
        {
            CountStyled();
            TakeAs((byte)('a' + ((rune.Value - 0x1F110) % 32)), size);
        }
        else if (IsStyledDigit(rune))
        {
            TakeAs((byte)('0' + ((rune.Value - 0x1D7CE) % 10)), size);
        }
        else
        {
            Facts.Invisibles += rune.Value is (>= 0xE0000 and <= 0xE0FFF) or (>= 0x1D173 and <= 0x1D17A) or 0x1D159 or (>= 0x1BCA0 and <= 0x1BCA3) or (>= 0x13430 and <= 0x13440) or 0x16FE4 || (rune.Value & 0xFFFE) == 0xFFFE ? 1 : 0;
            // Pictures are left out: they split words for a tokenizer and not for a reader.
            var kept = Rune.IsLetterOrDigit(rune) ? _text.Slice(_at.Read, size) : default;
            kept.CopyTo(_folded[Written..]);
            _at.Move(size, kept.Length);
        }
    }

    // Thirteen alphabets of 52 letters.
    private static bool IsStyled(Rune rune) => rune.Value is >= 0x1D400 and < 0x1D6A4;

    // In brackets, squares and discs.
    private static bool IsFramed(Rune rune) =>
        rune.Value is (>= 0x1F110 and <= 0x1F129) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    private static bool IsStyledDigit(Rune rune) => rune.Value is >= 0x1D7CE and <= 0x1D7FF;

    private void TakeAs(byte plain, int size)
    {
        _folded[Written] = plain;
        _at.Move(size, 1);
    }

    private void EndWord()
    {
        if (!_at.IsMixed)
        {
            return;
        }

        var word = _folded[_at.WordWritten..Written];
        var isLatin = MixedWord.IsDisguised(word);
        if (!isLatin && !MixedWord.HidesLatin(word))
        {
            return;
        }

        Facts.MixedAt = Facts.MixedWords++ == 0 ? _at.WordRead : Facts.MixedAt;
        if (isLatin)
        {
            _at.Written = _at.WordWritten + MixedWord.ToLatin(word);
            origins?.SeeChanged(_at.WordRead, _at.WordWritten, Written);
        }
    }

    private void CountStyled() => Facts.StyledAt = Facts.StyledLetters++ == 0 ? _at.Read : Facts.StyledAt;
}
