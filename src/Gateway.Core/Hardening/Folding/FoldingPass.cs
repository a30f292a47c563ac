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
    private const CharacterKinds Mixed = CharacterKinds.Latin | CharacterKinds.LatinLike | CharacterKinds.Confusable;

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly Span<byte> _folded = folded;
    private int _read;
    private int _wordRead;
    private int _wordWritten;
    private CharacterKinds _kinds;

    /// <summary>What the text holds.</summary>
    public TextFacts Facts;

    /// <summary>How many bytes were written.</summary>
    public int Written { get; private set; }

    /// <summary>Where the wanted byte comes from; -1 where it lies past the end.</summary>
    public int Found { get; private set; } = -1;

    /// <summary>Folds up to the wanted byte's word, or everything.</summary>
    public void Run()
    {
        while (_read < _text.Length)
        {
            if (Written == until && Found < 0)
            {
                Found = _read;
            }

            var first = _text[_read];
            if (first < 0x80)
            {
                if (Take((char)first, 1))
                {
                    return;
                }
            }
            else
            {
                Rune.DecodeFromUtf8(_text[_read..], out var rune, out var size);
                if (!rune.IsBmp)
                {
                    TakeWide(rune, size);
                }
                else if (Take((char)rune.Value, size))
                {
                    return;
                }
            }
        }

        EndWord();
    }

    // True where the word with the wanted byte has ended.
    private bool Take(char character, int size)
    {
        var kind = FoldTable.KindOf(character);
        var endsWord = (kind & (CharacterKinds.Word | CharacterKinds.Invisible)) == 0;
        if (endsWord && EndWord())
        {
            return true;
        }

        _kinds |= kind;
        Facts.Invisibles += kind == CharacterKinds.Invisible ? 1 : 0;
        Facts.HasRightToLeft |= (kind & CharacterKinds.RightToLeft) != 0;
        Facts.HasThaiOrLao |= character is >= '\u0E00' and <= '\u0EFF';
        if (character is >= '\u24B6' and <= '\u24E9')
        {
            CountStyled();
        }

        if (FoldTable.Fold(character) is > 0 and var plain)
        {
            // A lower case that is longer than its upper case is left: what is folded never grows.
            Write(Size(plain) > size ? character : plain);
        }

        _read += size;
        if (endsWord)
        {
            (_wordRead, _wordWritten, _kinds) = (_read, Written, CharacterKinds.None);
        }

        return false;
    }

    private void TakeWide(Rune rune, int size)
    {
        switch (rune.Value)
        {
            case >= 0x1D400 and < 0x1D6A4:
                // Thirteen alphabets of 52 letters.
                Write((ushort)('a' + ((rune.Value - 0x1D400) % 26)));
                _kinds |= CharacterKinds.Word | CharacterKinds.Latin;
                CountStyled();
                break;
            case >= 0x1D7CE and <= 0x1D7FF:
                Write((ushort)('0' + ((rune.Value - 0x1D7CE) % 10)));
                break;
            case >= 0xE0000 and <= 0xE0FFF:
                Facts.Invisibles++;
                break;
            default:
                // Pictures are left out: they split words for a tokenizer and not for a reader.
                if (Rune.IsLetterOrDigit(rune))
                {
                    _text.Slice(_read, size).CopyTo(_folded[Written..]);
                    Written += size;
                }

                break;
        }

        _read += size;
    }

    private bool EndWord()
    {
        if ((_kinds & Mixed) == Mixed && MixedWord.IsDisguised(_folded[_wordWritten..Written]))
        {
            Facts.MixedAt = Facts.MixedWords++ == 0 ? _wordRead : Facts.MixedAt;
            Written = _wordWritten + MixedWord.ToLatin(_folded[_wordWritten..Written]);
        }

        if (Found >= 0 && Written > until)
        {
            Found = (_kinds & Mixed) == Mixed ? _wordRead : Found;
            return true;
        }

        Found = -1;
        return false;
    }

    private void CountStyled() => Facts.StyledAt = Facts.StyledLetters++ == 0 ? _read : Facts.StyledAt;

    private static int Size(ushort character) => character < 0x80 ? 1 : character < 0x800 ? 2 : 3;

    private void Write(ushort character)
    {
        if (character < 0x80)
        {
            _folded[Written++] = (byte)character;
            return;
        }

        if (character < 0x800)
        {
            _folded[Written++] = (byte)(0xC0 | (character >> 6));
        }
        else
        {
            _folded[Written++] = (byte)(0xE0 | (character >> 12));
            _folded[Written++] = (byte)(0x80 | ((character >> 6) & 0x3F));
        }

        _folded[Written++] = (byte)(0x80 | (character & 0x3F));
    }
}
