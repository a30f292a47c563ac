using System.Buffers;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Words with letters that pass for Latin ones, in text that has no other word of their script: a letter of Cyrillic in a text of Latin letters is there
/// to deceive, and in a text that has Cyrillic words it may be a slip.
/// </summary>
internal ref struct LookalikeWords
{
        private const int MostWords = 256;

    // The first bytes of letters of these scripts.
    private static readonly SearchValues<byte> Leads = SearchValues.Create([0xC6, 0xC7, 0xC9, 0xCA, 0xCD, 0xCE, 0xCF, 0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xE1, 0xE2, 0xEA, 0xEF]);

    /// <summary>How many words mix them with ASCII letters.</summary>
    public int Mixed { get; private set; }

    /// <summary>How many words have nothing else.</summary>
    public int Whole { get; private set; }

    /// <summary>How many Cyrillic letters stand alone.</summary>
    public int Single { get; private set; }

    /// <summary>How many words in capitals go from Latin letters to others and back, of which some only look odd: "ЪДЯЄMЦL", "GΘDΚΛΣ".</summary>
    public int Jumbled { get; private set; }

    /// <summary>Where the first word stands.</summary>
    public int At { get; private set; }

    /// <summary>Reads a text that is not ASCII; false where it has words of such a script that do not pass for Latin.</summary>
    public bool Run(ReadOnlySpan<byte> text)
    {
        At = -1;
        var words = 0;
        for (var at = 0; at < text.Length && words < MostWords;)
        {
            var next = text[at..].IndexOfAny(Leads);
            if (next < 0)
            {
                break;
            }

            at += next;
            if (!IsCandidate(text[at..]))
            {
                at++;
                continue;
            }

            var start = Start(text, at);
            if (!Word(text, start, out at))
            {
                return false;
            }

            words++;
        }

        return Mixed + Whole + Single > 0;
    }

    private static bool IsCandidate(ReadOnlySpan<byte> text) => text.Length > 1 && text[0] switch
    {
        0xC6 => text[1] is 0x85 or 0xA8,
        0xC7 => text[1] is 0x80,
        0xCD => text[1] >= 0xB0,
        0xD6 => text[1] <= 0x8F,
        0xE1 => text[1] is 0x8E or 0x8F or 0xB4 or 0xB5 or (>= 0x90 and <= 0x99),
        0xE2 => text[1] is 0x84 or 0x85 or 0xB2 or 0xB3,
        0xEA => text[1] is 0x93 or 0x9C or 0x9E or 0xAD or 0xAE,
        0xEF => text[1] is 0xBC or 0xBD && text.Length > 2 && (text[1] == 0xBC ? text[2] >= 0xA1 : text[2] <= 0x9A),
        _ => true,
    };

    // Words are short; one that is not is no word of Latin letters.
    private static int Start(ReadOnlySpan<byte> text, int at)
    {
        const int Longest = 64;
        var start = at;
        while (start > 0 && at - start < Longest && char.IsAsciiLetter((char)text[start - 1]))
        {
            start--;
        }

        return start;
    }

    private bool Word(ReadOnlySpan<byte> text, int start, out int end)
    {
        var (ascii, passing, dotless, other) = (0, 0, 0, 0);
        var (asciiIsCapital, passingIsSmall) = (true, true);
        var script = LookalikeScript.None;
        for (end = start; end < text.Length;)
        {
            Rune.DecodeFromUtf8(text[end..], out var rune, out var size);
            if (!Rune.IsLetter(rune) && Rune.GetUnicodeCategory(rune) is not (System.Globalization.UnicodeCategory.LetterNumber or System.Globalization.UnicodeCategory.NonSpacingMark))
            {
                break;
            }

            end += size;
            var own = Lookalikes.Of(rune, out var passes);
            ascii += rune.IsAscii ? 1 : 0;
            asciiIsCapital &= !rune.IsAscii || Rune.IsUpper(rune);
            passingIsSmall &= rune.IsAscii || !Rune.IsUpper(rune);
            if (own == LookalikeScript.None)
            {
                other += rune.Value is > 0x24F and not (>= 0x1E00 and <= 0x1EFF) ? 1 : 0;
            }
            else if (!passes)
            {
                var isJumbled = IsJumbled(text, start, out var past);
                end = Math.Max(end, past);
                if (isJumbled)
                {
                    Jumbled++;
                    At = At < 0 ? start : At;
                    return true;
                }

                // A script that is really used here.
                return ascii > 0 && own != LookalikeScript.Phonetic;
            }
            else if (rune.Value == 0x131)
            {
                dotless++;
            }
            else
            {
                script = own;
                passing++;
            }
        }

        end = end == start ? end + 1 : end;
        // Between slashes or brackets it says how a word is spoken.
        var isSound = script == LookalikeScript.Phonetic && ((start > 0 && text[start - 1] is (byte)'/' or (byte)'[') || (end < text.Length && text[end] is (byte)'/' or (byte)']'));
        // "SMSка": a name and an ending.
        var isEnding = script == LookalikeScript.Cyrillic && ascii > 1 && passing > 1 && asciiIsCapital && passingIsSmall;
        See(script, start, ascii, isSound || isEnding ? 0 : passing, other + (script == LookalikeScript.Phonetic ? 0 : dotless));
        return true;
    }

    // A product's name with an ending goes over once; formulas are of Greek letters ("ΔPΔV").
    private static bool IsJumbled(ReadOnlySpan<byte> text, int start, out int end)
    {
        const int Fewest = 4;
        const int FewestOfGreek = 6;
        var (letters, changes, wasLatin, isCapital, isGreek) = (0, 0, false, true, false);
        for (end = start; end < text.Length && Rune.DecodeFromUtf8(text[end..], out var rune, out var size) == OperationStatus.Done && Rune.IsLetter(rune); end += size)
        {
            isCapital &= Rune.IsUpper(rune) && (rune.IsAscii || rune.Value is >= 0x0370 and <= 0x052F) && rune.Value != 'Δ';
            isGreek |= rune.Value is >= 0x0370 and <= 0x03FF;
            changes += letters > 0 && rune.IsAscii != wasLatin ? 1 : 0;
            wasLatin = rune.IsAscii;
            letters++;
        }

        return isCapital && letters >= (isGreek ? FewestOfGreek : Fewest) && changes >= 2;
    }

    private void See(LookalikeScript script, int start, int ascii, int passing, int other)
    {
        if (passing == 0 || other > 0)
        {
            return;
        }

        var isMixed = ascii > 0 && script switch
        {
            LookalikeScript.Letterlike => ascii >= 2 && ascii + passing >= 4,
            LookalikeScript.Phonetic => ascii + passing >= 3,
            LookalikeScript.Wide => ascii + passing >= 3,
            _ => true,
        };
        var isWhole = ascii == 0 && script switch
        {
            LookalikeScript.Letterlike or LookalikeScript.Wide or LookalikeScript.Phonetic => false,
            LookalikeScript.Greek => passing >= 3,
            _ => passing >= 2,
        };
        Mixed += isMixed ? 1 : 0;
        Whole += isWhole ? 1 : 0;
        var isSingle = ascii == 0 && passing == 1 && script == LookalikeScript.Cyrillic;
        Single += isSingle ? 1 : 0;
        At = (isMixed || isWhole || isSingle) && At < 0 ? start : At;
    }
}
