using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Whether a prompt asks for what is no content elsewhere: for punctuation, for a symbol or markup, or for one word.</summary>
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

    // What may be answered by a symbol, a bracket, an operator or a tag.
    private static readonly string[] SymbolWords =
    [
        "sign", "bracket", "brackets", "brace", "braces", "parenthesis", "parentheses", "arrow", "arrows", "set", "sets", "subset", "union", "intersection", "tuple", "list", "array", "dictionary", "dict", "html", "xml", "latex", "tex",
        "markdown", "tag", "tags", "markup", "entity", "element", "code", "python", "java", "javascript", "typescript", "c", "c++", "c#", "sql", "bash", "shell", "rust", "perl", "php", "css", "json", "yaml", "haskell", "kotlin", "swift",
        "logic", "logical", "boolean", "bitwise", "currency", "percent", "ampersand", "slash", "backslash", "caret", "pipe", "infinity", "greater", "smaller", "less", "equal", "draw", "print", "type", "face", "smiley", "kaomoji", "icon", "flag", "flags",
        "heart", "key", "keyboard", "pointer", "null", "notation", "glyph", "unicode", "braille", "chess", "suit", "reaction", "react", "math", "excel", "spreadsheet", "formula", "exponentiation", "quantifier", "negation", "degree", "copyright", "trademark", "checkmark", "check mark", "tick", "cross", "star",
    ];

    private static readonly string[] SymbolFragments =
    [
        "箭头", "矢印", "화살표", "flèche", "flecha", "freccia", "pfeil", "стрелк", "سهم", "panah", "mũi tên", "emoji", "эмодзи", "емодзі", "表情", "絵文字", "이모지", "إيموجي", "ایموجی", "klammer", "скобк", "дужк", "paréntesis", "parenthèse",
        "括号", "括號", "括弧", "괄호", "symbol", "símbolo", "simbolo", "sembol", "simge", "işaret", "znak", "značk", "tecken", "tegn", "σύμβολο", "סימן", "סמל", "رمز", "علامت", "نماد", "चिह्न", "चिन्ह", "চিহ্ন", "สัญลักษณ์", "เครื่องหมาย", "ký hiệu",
        "biểu tượng", "simbol", "operador", "opérateur", "operatore", "оператор", "集合", "집합", "множеств", "множин", "conjunto", "ensemble", "menge", "insieme", "مجموعة", "مجموعه", "küme", "zbiór", "mängd", "html", "latex", "python", "javascript",
        "código", "コード", "代码", "코드", "kod", "bandera", "drapeau", "flagge", "国旗", "флаг", "прапор", "علم", "bayrak", "bendera", "lá cờ",
    ];

    // What asks for a fact, so that a picture alone is none.
    private static readonly string[] Interrogatives =
        ["what", "who", "whose", "when", "where", "why", "how", "which", "explain", "describe", "calculate", "compute", "solve", "translate", "summarise", "summarize", "define", "prove", "name the", "how many", "how much"];

    private static readonly string[] InterrogativeFragments =
    [
        "cuánt", "quién", "dónde", "cuándo", "cuál", "combien", "quel", "pourquoi", "wie viel", "wie heißt", "welche", "warum", "wann", "quanti", "quante", "quale", "perché", "quantos", "quantas", "qual ", "quem", "hoeveel", "waarom", "vilken", "hvilken", "hvor mange",
        "hur många", "jaki", "ile ", "gdzie", "kolik", "kdo ", "сколько", "почему", "какой", "какая", "назовите", "скільки", "яка ", "який", "כמה", "מהו", "מהי", "كم ", "ما هي", "ما هو", "چند", "کدام", "چیست", "कितन", "कौन", "कहाँ", "কত", "নাম কী", "কোথায়",
        "什么", "甚麼", "多少", "几", "谁", "哪", "何", "誰", "どこ", "いくつ", "몇", "무엇", "누구", "어디", "kaç", "nedir", "hangi", "bao nhiêu", "là gì", "siapa", "berapa", "apa nama", "ngapi", "nini", "ποια", "πόσ", "ποιος", "mennyi", "hány", "melyik",
        "câte", "câți", "cine ", "mikä", "kuka", "montako", "กี่", "อะไร", "ใคร", "எத்தனை", "என்ன", "ఎన్ని", "ఏమిటి", "किती", "ilan", "sino",
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

    /// <summary>True where the answer may be a symbol, brackets, an operator or markup.</summary>
    public static bool Symbols(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return asked.AsSpan().IndexOfAny("{}[]<>|&\\^~@`") >= 0 || asked.Any(character => character > 0x7F && char.IsSymbol(character))
            || MarkFragments.Concat(SymbolFragments).Any(word => asked.Contains(word, StringComparison.Ordinal))
            || MarkWords.Concat(SymbolWords).Any(word => Says(asked, word, opensSentence: false))
            || MarkOrders.Any(word => Says(asked, word, opensSentence: true));
    }

    /// <summary>True where the answer is a fact, which no picture tells.</summary>
    public static bool Fact(ReadOnlySpan<byte> prompt)
    {
        var asked = End(prompt);
        return Interrogatives.Any(word => Says(asked, word, opensSentence: true)) || InterrogativeFragments.Any(word => asked.Contains(word, StringComparison.Ordinal));
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
