using System.Text;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds responses that say nothing and are scored high all the same: nothing at all, sentence marks alone, and openers of an answer that never
/// comes ("One Token to Fool LLM-as-a-Judge", arXiv 2507.08794). A short answer is an answer: numbers, letters, words, formulas, brackets,
/// operators and pictures pass.
/// </summary>
public sealed class ContentFreeRule : IHardeningRule
{
    private const int LongestOpener = 600;
    private const int LongestTag = 24;
    private const int ManySymbols = 12;

    private static readonly byte[][] Neutral = [.. ((string[])["the", "a", "my", "la", "le", "el", "il", "die", "der", "das", "mi", "ma", "mon", "is", "here", "this", "our", "here is", "here's", "here is the", "here's the", "here is my", "here's my"]).Select(Encoding.UTF8.GetBytes)];

    // What a prompt says whose answer may be punctuation, or a drawing made of it.
    private static readonly string[] ForMarks =
    [
        "punctuation", "symbol", "character", "operator", "sign", "mark", "emoji", "delimiter", "separator", "regex", "ellipsis", "draw", "print", "asterisk", "dash", "hyphen", "dots", "stars", "pattern",
        "标点", "符号", "画", "記号", "句読点", "기호", "문장 부호", "ponctuation", "puntuación", "satzzeichen", "zeichen", "pontuação", "punteggiatura", "знак", "символ", "علامة", "noktalama", "dấu",
    ];

    // What a prompt says whose answer may be any one word.
    private static readonly string[] ForWords =
    [
        " called", "the word", "a word", "one word", "the term", "what term", "translate", "how do you say", "synonym", "antonym", "opposite", "spell", "cómo se dice", "palabra", "traduce", "traduire", "comment dit-on",
        "le mot", "das wort", "übersetze", "wie heißt", "wie sagt man", "come si dice", "parola", "como se diz", "palavra", "как будет", "слово", "переведи", "怎么写", "怎么说", "翻译", "字怎", "一词", "ひらがな", "漢字", "何と言", "訳",
        "뭐라고", "번역", "단어", "كلمة", "ترجم", "kelime", "nasıl denir",
    ];

    private static readonly byte[][] Wrappers = [.. ((string[])["answer", "think", "thinking", "reasoning", "response", "solution", "output", "final", "final_answer", "result"]).Select(Encoding.ASCII.GetBytes)];

    /// <inheritdoc/>
    public string Name => "content-free";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Responses;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Floor);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Floor, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        if (field.IsParsed)
        {
            return;
        }

        var folded = field.Folded.Bytes;
        var first = 0;
        while (first < folded.Length && !Term.IsWord(folded[first]))
        {
            first++;
        }

        if (first == folded.Length)
        {
            Wordless(field, findings);
        }
        else if (folded.Length <= LongestOpener || folded.TrimEnd(" \t\r\n.*#_-:"u8).Length <= LongestOpener)
        {
            Opener(field, findings);
        }
    }

    private static void Wordless(in HardeningField field, FindingList findings)
    {
        var (marks, symbols, pictures) = (0, 0, 0);
        var alone = default(Rune);
        foreach (var rune in new Utf8Runes(field.Text))
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (Rune.IsWhiteSpace(rune) || category is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
                || (rune.IsBmp && FoldTable.KindOf((char)rune.Value) == CharacterKinds.Invisible))
            {
                continue;
            }

            alone = rune;
            pictures += category is System.Globalization.UnicodeCategory.OtherSymbol or System.Globalization.UnicodeCategory.OtherLetter or System.Globalization.UnicodeCategory.ModifierSymbol && rune.Value > 0x7F ? 1 : 0;
            marks += IsMark(rune) ? 1 : 0;
            symbols++;
        }

        if (symbols == 0)
        {
            // Policies do emit an immediate end of text; that is for the model to score.
            var isEmpty = field.Text.IsEmpty;
            findings.Add(field, isEmpty ? HardeningSeverity.Medium : HardeningSeverity.High, 0, isEmpty ? "an empty response" : "a response of white space");
        }
        else if (marks == symbols && !(symbols == 1 && IsSign(alone)) && !(symbols == 2 && alone.Value == '-'))
        {
            findings.Add(field, Asks(field.Prompt, ForMarks) ? HardeningSeverity.Low : HardeningSeverity.High, 0, "a response of punctuation alone");
        }
        else if (symbols > ManySymbols && pictures == 0)
        {
            findings.Add(field, HardeningSeverity.Medium, 0, "a response of symbols alone");
        }
    }

    private static void Opener(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        var (opener, heading, other, words) = (false, false, false, 0);
        var (known, unknown) = (0, 0);
        for (var at = 0; at < folded.Length;)
        {
            if (folded[at] == '<' && folded[at..].IndexOf((byte)'>') is > 0 and < LongestTag and var close && IsWrapper(folded[(at + 1)..(at + close)]))
            {
                at += close + 1;
                continue;
            }

            if (!Term.IsWord(folded[at]))
            {
                at++;
                continue;
            }

            if (Lexicon.Openers.LongestAt(folded, at, out var end) is not { } term)
            {
                if (words == 0 || folded.Length > Promise.Longest || char.IsAsciiDigit((char)folded[at]))
                {
                    Announcement(field, findings);
                    return;
                }

                end = Promise.WordEnd(folded, at);
                unknown += end - at;
                at = end;
                continue;
            }

            if (heading && term.Meaning == TermClass.Assent)
            {
                Announcement(field, findings);
                return;
            }

            known += end - at;

            words++;
            opener |= term.Meaning == TermClass.Opener;
            heading |= term.Meaning == TermClass.Heading;
            other |= term.Meaning is TermClass.Filler or TermClass.Assent && !IsNeutral(term);
            at = end;
        }

        if (unknown > 0)
        {
            if (opener && Promise.IsMostlyKnown(folded, words, known, unknown))
            {
                findings.Add(field, HardeningSeverity.Medium, 0, "promises an answer and never gives one");
            }
            else
            {
                Announcement(field, findings);
            }
        }
        else if (opener)
        {
            // "What is salt in water called?" "Solution"
            var isWord = words == 1 && Asks(field.Prompt, ForWords);
            findings.Add(field, isWord ? HardeningSeverity.Low : HardeningSeverity.High, 0, "opens an answer and never gives one");
        }
        else if (heading && !other)
        {
            var announced = folded.IndexOfAny((byte)':', (byte)'#', (byte)'*') >= 0 || folded.IndexOf("..."u8) >= 0;
            findings.Add(
                field,
                announced ? HardeningSeverity.High : words > 1 ? HardeningSeverity.Medium : HardeningSeverity.Low,
                0,
                "the heading of an answer that is not there");
        }
        else if (words == 0)
        {
            findings.Add(field, HardeningSeverity.High, 0, "a response of empty tags");
        }
        else
        {
            Announcement(field, findings);
        }
    }

    private static void Announcement(in HardeningField field, FindingList findings)
    {
        if (Promise.IsAnnouncement(field.Folded.Bytes))
        {
            findings.Add(field, HardeningSeverity.Medium, 0, "announces an answer that is not there");
        }
    }

    private static bool IsWrapper(ReadOnlySpan<byte> tag)
    {
        tag = tag.TrimStart((byte)'/').TrimEnd(" /"u8);
        foreach (var wrapper in Wrappers)
        {
            if (tag.SequenceEqual(wrapper))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNeutral(Term term)
    {
        foreach (var neutral in Neutral)
        {
            if (term.Text.SequenceEqual(neutral))
            {
                return true;
            }
        }

        return false;
    }

    // What ends, parts or sets off a sentence, and so is never what it says.
    private static bool IsMark(Rune rune) => rune.Value is
        '.' or ',' or ':' or ';' or '!' or '?' or '\'' or '"' or '`' or '*' or '_' or '#' or '|' or '~' or '-' or '=' or 0x00A1 or 0x00BF or 0x00AB or 0x00BB or 0x00B7
        or (>= 0x2010 and <= 0x2027) or 0x2032 or 0x2033 or 0x203C or 0x203D or (>= 0x2047 and <= 0x2049) or (>= 0x3001 and <= 0x3003) or (>= 0x300C and <= 0x300F) or 0x3010 or 0x3011 or 0x301C
        or 0x30FB or 0x060C or 0x061B or 0x061F or 0x06D4 or 0x0964 or 0x0965 or 0x037E or 0x0387 or 0x055D or 0x055E or 0x0589 or 0x05BE or 0x05C3 or 0x0E2F or 0x104A or 0x104B
        or 0x1362 or 0x17D4 or 0x2E2E or 0x2E3A or 0x2E3B or (>= 0xFE10 and <= 0xFE19) or 0xFE30 or 0xFE50 or 0xFE52 or (>= 0xFE54 and <= 0xFE57)
        or 0xFF01 or 0xFF02 or 0xFF07 or 0xFF0C or 0xFF0D or 0xFF0E or 0xFF1A or 0xFF1B or 0xFF1F or 0xFF3F or 0xFF5E or 0xFF61 or 0xFF64 or 0xFF65;

    // Of those, what is an operator or a wildcard when it stands alone.
    private static bool IsSign(Rune rune) => rune.Value is '*' or '_' or '#' or '|' or '~' or '-' or '=' or 0x2212 or 0x00B7;

    private static bool Asks(ReadOnlySpan<byte> prompt, string[] about)
    {
        const int Read = 4000;
        var asked = Encoding.UTF8.GetString(prompt.Length > Read ? prompt[^Read..] : prompt).ToLowerInvariant();
        return about.Any(word => asked.Contains(word, StringComparison.Ordinal));
    }
}
