using System.Buffers;
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
        "equals signs", "equal signs", "plus signs", "minus signs", "pound signs", "hash signs", "dollar signs", "hashes", "tildes", "underscores", "semicolons", "colons", "commas", "periods", "full stops", "pipes", "slashes", "backslashes", "backticks", "exclamation marks", "exclamation points", "apostrophes", "speech bubbles", "dot", "asterism",
        "question mark", "exclamation mark", "exclamation point", "quotation mark", "quotation marks", "question marks", "speech marks", "accent mark", "full stop", "apostrophe", "semicolon", "colon", "comma", "period", "underscore", "tilde",
        "which sign", "what sign", "sign for", "sign is used", "minus sign", "plus sign", "equals sign", "equal sign", "pound sign", "hash sign", "number sign", "than sign", "which mark", "what mark", "the mark that", "mark is used", "mark do", "mark does",
    ];

    // Where a sentence begins with them.
    private static readonly string[] MarkOrders = ["draw", "please draw", "can you draw", "could you draw", "print", "please print", "write a program that prints", "what does this print", "type", "repeat"];

    private static readonly SearchValues<string> MarkFragments = SearchValues.Create(AskedForLists.MarkFragments, StringComparison.Ordinal);
    private static readonly SearchValues<string> SymbolFragments = SearchValues.Create(AskedForLists.SymbolFragments, StringComparison.Ordinal);
    private static readonly SearchValues<string> InterrogativeFragments = SearchValues.Create(AskedForLists.InterrogativeFragments, StringComparison.Ordinal);
    private static readonly SearchValues<string> TaskFragments = SearchValues.Create(AskedForTaskLists.Fragments, StringComparison.Ordinal);
    private static readonly SearchValues<string> ShownFragments = SearchValues.Create(AskedForTaskLists.Shown, StringComparison.Ordinal);
    private static readonly SearchValues<string> WordFragments = SearchValues.Create(AskedForLists.WordFragments, StringComparison.Ordinal);
    private static readonly SearchValues<string> PhraseFragments = SearchValues.Create(AskedForLists.PhraseFragments, StringComparison.Ordinal);
    private static readonly SearchValues<string> NothingFragments = SearchValues.Create(AskedForLists.NothingFragments, StringComparison.Ordinal);
    private static readonly SearchValues<string> FormFragments = SearchValues.Create(AskedForLists.FormFragments, StringComparison.Ordinal);
    private static readonly SearchValues<string> NounFragments = SearchValues.Create(AskedForLists.NounFragments, StringComparison.Ordinal);
    private static readonly SearchValues<string> TalkFragments = SearchValues.Create(AskedForLists.TalkFragments, StringComparison.Ordinal);
    private static readonly SearchValues<string> QuotedColons = SearchValues.Create([":'", ":\"", ":`", ":\u2019", ":\u201D", ":\u201C", ":\u00BB", ": \u00BB", ":\u00A0\u00BB", ":\u300D", ":\u300F", ":\u00AB", "\uFF1A\u201D", "\uFF1A\u300D"], StringComparison.Ordinal);
    private static readonly SearchValues<string> Signs = SearchValues.Create(AskedForPlaceLists.Signs, StringComparison.Ordinal);
    private static readonly SearchValues<string> Units = SearchValues.Create(AskedForPlaceLists.Units, StringComparison.Ordinal);
    private static readonly SearchValues<string> Places = SearchValues.Create(AskedForPlaceLists.Places, StringComparison.Ordinal);
    private static readonly SearchValues<string> Codes = SearchValues.Create(AskedForPlaceLists.Codes, StringComparison.Ordinal);
    private static readonly SearchValues<string> Rewritings = SearchValues.Create(AskedForPlaceLists.Rewritings, StringComparison.Ordinal);
    private static readonly SearchValues<string> Sayings = SearchValues.Create(AskedForPlaceLists.Sayings, StringComparison.Ordinal);
    private static readonly SearchValues<string> MarkHintFragments = SearchValues.Create(AskedForLists.MarkHintFragments, StringComparison.Ordinal);

    /// <summary>True where the answer may be punctuation, or a drawing made of it.</summary>
    public static bool Marks(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return asked.AsSpan().ContainsAny(MarkFragments)
            || MarkWords.Any(word => Says(asked, word, opensSentence: false))
            || MarkOrders.Any(word => Says(asked, word, opensSentence: true));
    }

    /// <summary>True where the answer may be a symbol, brackets, an operator or markup.</summary>
    public static bool Symbols(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return asked.AsSpan().IndexOfAny("{}[]<>|&\\^~@`") >= 0 || asked.Any(character => character > 0x7F && char.IsSymbol(character))
            || asked.AsSpan().ContainsAny(MarkFragments) || asked.AsSpan().ContainsAny(SymbolFragments)
            || MarkWords.Any(word => Says(asked, word, opensSentence: false)) || AskedForLists.SymbolWords.Any(word => Says(asked, word, opensSentence: false))
            || MarkOrders.Any(word => Says(asked, word, opensSentence: true));
    }

    /// <summary>True where the answer is a fact, which no picture tells.</summary>
    public static bool Fact(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return AskedForLists.Interrogatives.Any(word => Says(asked, word, opensSentence: true)) || asked.AsSpan().ContainsAny(InterrogativeFragments);
    }

    /// <summary>True where something is to be written, worked out or translated, so that the answer is more than a sign.</summary>
    public static bool Task(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return AskedForTaskLists.Orders.Any(word => Says(asked, word, opensSentence: true)) || asked.AsSpan().ContainsAny(TaskFragments);
    }

    /// <summary>True where the answer may be any one word: a word, a title or a translation is asked for, or the prompt quotes a word or two.</summary>
    public static bool Word(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return asked.AsSpan().ContainsAny(WordFragments) || Quotes(asked);
    }

    /// <summary>True where the answer may be a word with its colon: a word, a heading or a translation is asked for, or the prompt quotes one that ends so.</summary>
    public static bool Label(ReadOnlySpan<byte> prompt)
    {
        const int Longest = 400;
        var asked = prompt.Length <= Longest ? End(prompt) : "";
        return asked.AsSpan().ContainsAny(WordFragments) || (Quotes(asked) && asked.AsSpan().ContainsAny(QuotedColons));
    }

    /// <summary>True where the answer may be words that open answers elsewhere: a phrase is asked for, or the prompt holds one in another language.</summary>
    public static bool Phrase(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return asked.AsSpan().ContainsAny(PhraseFragments);
    }

    /// <summary>True where the answer may be what a program, a page, a film or a caption shows.</summary>
    public static bool Shown(ReadOnlySpan<byte> prompt) => End(prompt).AsSpan().ContainsAny(ShownFragments);

    /// <summary>True for a short prompt that asks for words of another language, which may be those that open answers there.</summary>
    public static bool Translation(ReadOnlySpan<byte> prompt)
    {
        const int Longest = 400;
        return prompt.Length <= Longest && End(prompt).AsSpan().ContainsAny(WordFragments);
    }

    /// <summary>True where the answer may be nothing: an empty string, white space or silence.</summary>
    public static bool Nothing(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return AskedForLists.NothingWords.Any(word => Says(asked, word, opensSentence: false))
            || asked.AsSpan().ContainsAny(NothingFragments);
    }

    /// <summary>True where a form is asked for that others fill in: a template, headings, a list whose items are left out.</summary>
    public static bool Form(ReadOnlySpan<byte> prompt) => End(prompt).AsSpan().ContainsAny(FormFragments);

    /// <summary>True where the answer may be punctuation, which is said less plainly than by its name.</summary>
    public static bool MarksPerhaps(ReadOnlySpan<byte> prompt) =>
        End(prompt).AsSpan().ContainsAny(MarkHintFragments) || (ShortOf(prompt) is { } asked && (asked.AsSpan().ContainsAny(Signs) || asked.AsSpan().ContainsAny(Codes))) || Place(prompt);

    /// <summary>True for a short prompt that asks what stands at a place of a text: before the solution, at the end of a question.</summary>
    public static bool Place(ReadOnlySpan<byte> prompt) => ShortOf(prompt) is { } asked && asked.AsSpan().ContainsAny(Places) && asked.AsSpan().ContainsAny(Units);

    /// <summary>True for a short prompt that asks what is said, or to say, copy or rewrite something.</summary>
    public static bool Saying(ReadOnlySpan<byte> prompt) => ShortOf(prompt) is { } asked && (asked.AsSpan().ContainsAny(Sayings) || asked.AsSpan().ContainsAny(Rewritings));

    // Whoever asks for a sign or a word says little; problems are longer, and of numbers.
    private static string? ShortOf(ReadOnlySpan<byte> prompt)
    {
        const int Longest = 240;
        const int MostCharacters = 120;
        var asked = prompt.Length <= Longest ? End(prompt) : "";
        return asked.Length is > 0 and <= MostCharacters && asked.AsSpan().IndexOfAnyInRange('0', '9') < 0 ? asked : null;
    }

    /// <summary>True where a name, a kind of thing or an idiom may be the answer, or the prompt offers it beside an "or".</summary>
    public static bool Noun(ReadOnlySpan<byte> prompt, ReadOnlySpan<byte> folded)
    {
        var asked = End(prompt);
        var word = Encoding.UTF8.GetString(folded).Trim(' ', '.', '\n', '*', '"');
        return asked.AsSpan().ContainsAny(NounFragments) || Says(asked, $"or {word}", opensSentence: false) || Says(asked, $"{word} or", opensSentence: false);
    }

    /// <summary>True where people talk to each other, so that the answer may put off or plan.</summary>
    public static bool Talk(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return asked.AsSpan().ContainsAny(TalkFragments) || Says(asked, "would you", opensSentence: true) || Says(asked, "will you", opensSentence: true);
    }

    /// <summary>True where the manner of something is asked for.</summary>
    public static bool Manner(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return AskedForLists.MannerWords.Any(word => Says(asked, word, opensSentence: word[0] < 0x3000));
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
