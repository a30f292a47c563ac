using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Whether a prompt asks for what is no content elsewhere: for punctuation, for a symbol or markup, for one word, or for nothing.</summary>
internal static class AskedFor
{
    // The end of a long prompt holds its question.
    private const int Read = 4000;

    private const int LongestQuoted = 40;
    private const int MostQuotedWords = 3;

    // Where a word is quoted, and by which sign the quotation ends.
    private const string QuoteOpeners = "'\"`\u2018\u201C\u201E\u00AB\u300C\u300E\u00BB";
    private const string QuoteClosers = "'\"`\u2019\u201D\u201C\u00BB\u300D\u300F\u00AB";

    // Whole words. "Sign", "mark", "draw" and the like ask for punctuation only in the phrases below: problems of mathematics are full of them.
    private static readonly string[] MarkWords =
    [
        "punctuation", "punctuation mark", "symbol", "symbols", "character", "characters", "operator", "operators", "emoji", "emojis", "emoticon", "delimiter", "delimiters", "separator", "separators", "regex", "ellipsis",
        "asterisk", "asterisks", "dash", "dashes", "hyphen", "hyphens", "dots", "stars", "morse", "wildcard", "divider", "ascii art", "ascii",
        "question mark", "exclamation mark", "exclamation point", "quotation mark", "quotation marks", "question marks", "speech marks", "accent mark", "full stop", "apostrophe", "semicolon", "colon", "comma", "period", "underscore", "tilde",
        "which sign", "what sign", "sign for", "sign is used", "minus sign", "plus sign", "equals sign", "equal sign", "pound sign", "hash sign", "number sign", "than sign", "which mark", "what mark", "the mark that", "mark is used", "mark do", "mark does",
    ];

    // Where a sentence begins with them.
    private static readonly string[] MarkOrders = ["draw", "please draw", "can you draw", "could you draw", "print", "please print", "write a program that prints", "what does this print", "type", "repeat"];

    /// <summary>True where the answer may be punctuation, or a drawing made of it.</summary>
    public static bool Marks(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return AskedForLists.MarkFragments.Any(word => asked.Contains(word, StringComparison.Ordinal))
            || MarkWords.Any(word => Says(asked, word, opensSentence: false))
            || MarkOrders.Any(word => Says(asked, word, opensSentence: true));
    }

    /// <summary>True where the answer may be a symbol, brackets, an operator or markup.</summary>
    public static bool Symbols(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return asked.AsSpan().IndexOfAny("{}[]<>|&\\^~@`") >= 0 || asked.Any(character => character > 0x7F && char.IsSymbol(character))
            || AskedForLists.MarkFragments.Concat(AskedForLists.SymbolFragments).Any(word => asked.Contains(word, StringComparison.Ordinal))
            || MarkWords.Concat(AskedForLists.SymbolWords).Any(word => Says(asked, word, opensSentence: false))
            || MarkOrders.Any(word => Says(asked, word, opensSentence: true));
    }

    /// <summary>True where the answer is a fact, which no picture tells.</summary>
    public static bool Fact(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return AskedForLists.Interrogatives.Any(word => Says(asked, word, opensSentence: true)) || AskedForLists.InterrogativeFragments.Any(word => asked.Contains(word, StringComparison.Ordinal));
    }

    /// <summary>True where the answer may be any one word: a word, a title or a translation is asked for, or the prompt quotes a word or two.</summary>
    public static bool Word(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return AskedForLists.WordFragments.Any(word => asked.Contains(word, StringComparison.Ordinal)) || Quotes(asked);
    }

    /// <summary>True where the answer may be words that open answers elsewhere: a phrase is asked for, or the prompt holds one in another language.</summary>
    public static bool Phrase(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return AskedForLists.PhraseFragments.Any(word => asked.Contains(word, StringComparison.Ordinal));
    }

    /// <summary>True where the answer may be nothing: an empty string, white space or silence.</summary>
    public static bool Nothing(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return AskedForLists.NothingWords.Any(word => Says(asked, word, opensSentence: false))
            || AskedForLists.NothingFragments.Any(word => asked.Contains(word, StringComparison.Ordinal));
    }

    // "What does 'Lösung' mean?"
    private static bool Quotes(string asked)
    {
        for (var at = asked.AsSpan().IndexOfAny(QuoteOpeners); at >= 0;)
        {
            var close = QuoteClosers[QuoteOpeners.IndexOf(asked[at], StringComparison.Ordinal)];
            var inner = asked.AsSpan(at + 1, Math.Min(LongestQuoted + 1, asked.Length - at - 1));
            var length = inner.IndexOfAny(close, close is '"' ? '\u201D' : close);
            var opens = at == 0 || !char.IsLetterOrDigit(asked[at - 1]);
            if (opens && length > 0 && inner[..length].Count(' ') < MostQuotedWords && (at + length + 2 >= asked.Length || !char.IsLetterOrDigit(asked[at + length + 2])))
            {
                return true;
            }

            var next = asked.AsSpan(at + 1).IndexOfAny(QuoteOpeners);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }

    private static string End(ReadOnlySpan<byte> prompt) => Encoding.UTF8.GetString(prompt.Length > Read ? prompt[^Read..] : prompt).ToLowerInvariant();

    // A command of TeX ("\dots") or of code ("draw(") is no word.
    private static bool Says(string asked, string words, bool opensSentence)
    {
        for (var at = asked.IndexOf(words, StringComparison.Ordinal); at >= 0; at = asked.IndexOf(words, at + 1, StringComparison.Ordinal))
        {
            var (before, after) = (at == 0 ? '\n' : asked[at - 1], at + words.Length == asked.Length ? '\n' : asked[at + words.Length]);
            if (!char.IsLetterOrDigit(before) && before is not ('\\' or '_') && !char.IsLetterOrDigit(after) && after is not ('(' or '_')
                && (!opensSentence || OpensSentence(asked.AsSpan(0, at))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool OpensSentence(ReadOnlySpan<char> before)
    {
        before = before.TrimEnd(" \t\"'*>-");
        return before.IsEmpty || before[^1] is '.' or '!' or '?' or ':' or '\n';
    }
}
