using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Whether a prompt asks for what is no content elsewhere: for punctuation, or for one word.</summary>
internal static class AskedFor
{
    // The end of a long prompt holds its question.
    private const int Read = 4000;

    // Whole words. "Sign", "mark", "draw" and the like ask for punctuation only in the phrases below: problems of mathematics are full of them.
    private static readonly string[] MarkWords =
    [
        "punctuation", "punctuation mark", "symbol", "symbols", "character", "characters", "operator", "operators", "emoji", "emojis", "emoticon", "delimiter", "delimiters", "separator", "separators", "regex", "ellipsis",
        "asterisk", "asterisks", "dash", "dashes", "hyphen", "hyphens", "dots", "stars", "morse", "wildcard", "divider", "ascii art", "ascii",
        "question mark", "exclamation mark", "exclamation point", "quotation mark", "quotation marks", "question marks", "speech marks", "accent mark", "full stop", "apostrophe", "semicolon", "colon", "comma", "period", "underscore", "tilde",
        "which sign", "what sign", "sign for", "sign is used", "minus sign", "plus sign", "equals sign", "equal sign", "pound sign", "hash sign", "number sign", "than sign", "which mark", "what mark", "the mark that", "mark is used", "mark do", "mark does",
    ];

    // In languages that join words or bend them.
    private static readonly string[] MarkFragments =
    [
        "标点", "符号", "画", "記号", "句読点", "기호", "문장 부호", "ponctuation", "puntuación", "satzzeichen", "zeichen", "pontuação", "punteggiatura", "знак", "символ", "علامة", "noktalama", "dấu",
    ];

    // Where a sentence begins with them.
    private static readonly string[] MarkOrders = ["draw", "please draw", "can you draw", "could you draw", "print", "please print", "write a program that prints", "what does this print", "type", "repeat"];

    private static readonly string[] WordFragments =
    [
        " called", "the word", "a word", "one word", "the term", "what term", "translate", "how do you say", "synonym", "antonym", "opposite", "spell", "cómo se dice", "palabra", "traduce", "traduire", "comment dit-on",
        "le mot", "das wort", "übersetze", "wie heißt", "wie sagt man", "come si dice", "parola", "como se diz", "palavra", "как будет", "слово", "переведи", "怎么写", "怎么说", "翻译", "字怎", "一词", "ひらがな", "漢字", "何と言", "訳",
        "뭐라고", "번역", "단어", "كلمة", "ترجم", "kelime", "nasıl denir",
    ];

    /// <summary>True where the answer may be punctuation, or a drawing made of it.</summary>
    public static bool Marks(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return MarkFragments.Any(word => asked.Contains(word, StringComparison.Ordinal))
            || MarkWords.Any(word => Says(asked, word, opensSentence: false))
            || MarkOrders.Any(word => Says(asked, word, opensSentence: true));
    }

    /// <summary>True where the answer may be any one word.</summary>
    public static bool Word(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return WordFragments.Any(word => asked.Contains(word, StringComparison.Ordinal));
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
