using System.Buffers.Text;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Markup with nothing in it: tags, entities of white space, commands of TeX, fences, and JSON whose value is empty.</summary>
internal static class EmptyMarkup
{
    private const int LongestTag = 60;

    private static readonly byte[][] Tags = Bytes(
        "p", "div", "span", "br", "hr", "b", "i", "u", "em", "strong", "small", "sub", "sup", "a", "ul", "ol", "li", "table", "thead", "tbody", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "html", "head", "body", "center", "font", "code", "pre",
        "blockquote", "section", "article", "main", "header", "footer", "img", "details", "summary", "dl", "dt", "dd", "nav", "aside", "figure", "figcaption", "form", "input", "button", "label", "select", "option", "textarea", "script", "style", "title", "meta", "link", "svg", "canvas", "iframe", "template", "colgroup", "col", "caption", "kbd", "mark", "del", "ins", "abbr", "cite", "q", "s", "wbr", "answer", "final_answer", "final", "think", "thinking", "thought", "reasoning", "response", "solution", "output", "result", "text", "content", "scratchpad", "analysis", "explanation");

    private static readonly byte[][] Entities = Bytes("nbsp", "ensp", "emsp", "thinsp", "zwnj", "zwj", "lrm", "rlm", "shy", "#160", "#xa0", "#8203", "#x200b", "#32", "#x20");

    private static readonly byte[][] Commands = Bytes(
        "boxed", "fbox", "framebox", "ensuremath", "mathbb", "mathcal", "operatorname", "textrm", "texttt", "label", "documentclass", "usepackage", "maketitle", "noindent", "centering", "null", "relax", "text", "textbf", "textit", "mathrm", "mathbf", "mathit", "emph", "mbox", "left", "right", "quad", "qquad", "begin", "end", "hspace", "vspace", "newline", "displaystyle", "phantom", "underline", "center", "par", "item", "section");

    private static readonly byte[][] Keys = Bytes("answer", "final_answer", "finalanswer", "response", "solution", "output", "result", "reasoning", "thought", "thoughts", "explanation", "content", "text", "null", "undefined");

    private static readonly byte[][] Languages = Bytes("text", "txt", "json", "python", "markdown", "md", "html", "latex", "plaintext", "bash", "javascript", "xml", "yaml", "sql", "c", "java");

    /// <summary>True where folded text is markup and nothing else.</summary>
    public static bool Holds(ReadOnlySpan<byte> folded)
    {
        var pieces = 0;
        var isJson = folded.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[' or (byte)'"', ..];
        for (var at = 0; at < folded.Length;)
        {
            var length = folded[at] switch
            {
                (byte)'"' when isJson => Key(folded[at..]),
                (byte)'n' when isJson => folded[at..].StartsWith("null"u8) ? 4 : 0,
                _ => LengthAt(folded[at..]),
            };
            if (length == 0 && Term.IsWord(folded[at]))
            {
                return false;
            }

            pieces += length > 0 ? 1 : 0;
            at += Math.Max(1, length);
        }

        return pieces > 0;
    }

    /// <summary>True for "%18", which is how Turkish and Basque write eighteen per cent, and a control character of addresses as well.</summary>
    public static bool IsPercentage(ReadOnlySpan<byte> folded) =>
        folded.Trim(" \t\r\n."u8) is [(byte)'%', >= (byte)'0' and <= (byte)'9', >= (byte)'0' and <= (byte)'9'];

    /// <summary>The bytes of a tag, an entity, a command, a fence or an escape that a text begins with; 0 where it begins with none, or with one that says something.</summary>
    public static int LengthAt(ReadOnlySpan<byte> folded) => folded[0] switch
    {
        (byte)'<' => Tag(folded),
        (byte)'&' => Entity(folded),
        (byte)'\\' => Command(folded),
        (byte)'`' => Fence(folded),
        (byte)'%' => Escape(folded, 1, 2),
        (byte)'[' => Note(folded),
        _ => 0,
    };

    private static byte[][] Bytes(params string[] words) => [.. words.Select(Encoding.ASCII.GetBytes)];

    private static int Tag(ReadOnlySpan<byte> text)
    {
        var end = text[..Math.Min(text.Length, LongestTag)].IndexOf((byte)'>');
        var name = end > 1 ? text[1..end].TrimStart((byte)'/') : default;
        var attributes = name.IndexOfAny((byte)' ', (byte)'/');

        // A tag of any name says nothing beside its end; one that closes itself, or has attributes, may be a component that was asked for.
        var isPair = end > 2 && attributes < 0 && (text[1] == '/' || text[(end + 1)..].TrimStart(" \r\n"u8).StartsWith("</"u8));
        name = attributes < 0 ? name : name[..attributes];
        return IsOneOf(Tags, name) || (isPair && name.Length > 0 && name.IndexOfAnyExceptInRange((byte)'-', (byte)'z') < 0) || IsDeclaration(text[..(end + 1)]) ? end + 1 : 0;
    }

    // "<?xml version="1.0"?>", "<!doctype html>", "<!-- -->".
    private static bool IsDeclaration(ReadOnlySpan<byte> tag) =>
        tag.StartsWith("<?"u8) || tag.StartsWith("<!doctype"u8) || (tag.Length >= 7 && tag.StartsWith("<!--"u8) && tag.EndsWith("-->"u8) && tag[4..^3].Trim(" -"u8).IsEmpty);

    // "[^1]:" and "[1]:", under which a note should stand.
    private static int Note(ReadOnlySpan<byte> text)
    {
        const int Longest = 16;
        var end = text[..Math.Min(text.Length, Longest)].IndexOf((byte)']');
        var isEmpty = end > 1 && (end + 1 == text.Length || (text[end + 1] == ':' && text[(end + 2)..].Trim(" \r\n"u8).IsEmpty));
        return isEmpty && (text[1] == '^' || end + 1 < text.Length) && text[1..end].IndexOfAny(" (){}"u8) < 0 ? Math.Min(text.Length, end + 2) : 0;
    }

    private static int Entity(ReadOnlySpan<byte> text)
    {
        var end = text[..Math.Min(text.Length, 10)].IndexOf((byte)';');
        return end > 1 && IsOneOf(Entities, text[1..end]) ? end + 1 : 0;
    }

    // "%20" and "\\u200b": a character that nobody sees, in so many digits.
    private static int Escape(ReadOnlySpan<byte> text, int at, int digits) =>
        text.Length >= at + digits && Utf8Parser.TryParse(text.Slice(at, digits), out int value, out var length, 'x') && length == digits
        && (value <= 0x20 || value is 0x7F or 0xA0 or 0xAD || (char)value is (>= '\u2000' and <= '\u200F') or (>= '\u2028' and <= '\u202F') or (>= '\u205F' and <= '\u206F') or '\u3000' or '\u3164' or '\u2800' or '\uFEFF')
            ? at + digits : 0;

    private static int Command(ReadOnlySpan<byte> text)
    {
        if (text.Length > 1 && text[1] is (byte)'u' or (byte)'x' && Escape(text, 2, text[1] == 'u' ? 4 : 2) is > 0 and var escape)
        {
            return escape;
        }

        var end = 1;
        while (end < text.Length && char.IsAsciiLetter((char)text[end]))
        {
            end++;
        }

        if (end == 1)
        {
            return text.Length > 1 ? 2 : 0;
        }

        // Line ends that were escaped once too often.
        if (text[1] is (byte)'n' or (byte)'t' or (byte)'r' && end == 2)
        {
            return end;
        }

        var name = text[1..end];
        if (!IsOneOf(Commands, name))
        {
            return 0;
        }

        // "\begin{equation}": the name is no content.
        var named = name.SequenceEqual("begin"u8) || name.SequenceEqual("end"u8) ? text[end..].IndexOf((byte)'}') : -1;
        return named > 0 ? end + named + 1 : end;
    }

    private static int Fence(ReadOnlySpan<byte> text)
    {
        var ticks = text.IndexOfAnyExcept((byte)'`');
        ticks = ticks < 0 ? text.Length : ticks;
        var language = text[ticks..];
        var end = language.IndexOf((byte)'\n');
        return ticks >= 3 && end > 0 && IsOneOf(Languages, language[..end].Trim(" \r"u8)) ? ticks + end : ticks;
    }

    private static int Key(ReadOnlySpan<byte> text)
    {
        var end = text[1..Math.Min(text.Length, 24)].IndexOf((byte)'"');
        return end == 0 ? 2 : end > 0 && IsOneOf(Keys, text[1..(end + 1)]) ? end + 2 : 0;
    }

    private static bool IsOneOf(byte[][] words, ReadOnlySpan<byte> text)
    {
        foreach (var word in words)
        {
            if (text.SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }
}
