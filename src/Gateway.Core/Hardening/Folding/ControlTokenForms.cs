using System.Buffers;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>How control tokens are written: the known ones by name, the others by the forms that model families give theirs.</summary>
internal static class ControlTokenForms
{
    private const int LongestName = ControlTokenNames.Longest;

    // As their families spell them; what the forms below cover is not repeated here.
    private static readonly byte[][] Tokens = [.. ((string[])
    [
        "<pad>", "<s>", "</s>", "<unk>", "<mask>", "<cls>", "<sep>", "<sep/>",
        "<PAD>", "<UNK>", "<MASK>", "<SEP>", "<CLS>", "<PRE>", "<SUF>", "<MID>", "<<sys>>", "<</sys>>", "<用户>", "<AI>", "<助手>", "<系统>", "<病人>", "<医生>", "<机器人>", "<HuatuoGPT>", "<nl>", "<NL>", "<tile_global_thumbnail>", "<encoder-only>", "<decoder-only>", "<encoder-decoder>", "<gMASK>", "<sMASK>", "<|\"|>", "<so_embedding>", "<__media__>", "<imgpad>", "<ref-object>", "<toolfakeout>", "<unkown>", "<role_content_sep>", "<role_empty_sep>", "<predict>", "<SIL>", "<slice>", "</slice>", "<box>", "</box>", "<quad>", "</quad>", "</delimiter_of_multi_objects/>", "<grounding>", "<page_break>", "<doctag>", "</doctag>", "<otsl>", "</otsl>", "<fcel>", "<ecel>", "<lcel>", "<ucel>", "<xcel>", "<ched>", "<rhed>", "<srow>",
        "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>", "<tool_sep>", "<global-img>", "<fake_token_around_image>", "<code_to_intermediate>", "<intermediate_to_code>", "<file_sep>", "<repo_name>", "<reponame>", "<gh_stars>", "<issue_start>", "<issue_comment>", "<issue_closed>",
        "<empty_output>", "<function_calls>", "</function_calls>",
        "[INST]", "[/INST]", "[inst]", "[/inst]", "[AVAILABLE_TOOLS]", "[TOOL_CALL]", "[TOOL_CALLS]", "[TOOL_RESULTS]", "[TOOL_CONTENT]",
        "[SYSTEM_PROMPT]", "[MODEL_SETTINGS]", "[CLS]", "[SEP]", "[PAD]", "[MASK]", "[UNK]", "[BOS]", "[EOS]", "[gMASK]", "[sMASK]",
        "[THINK]", "[ARGS]", "[CALL_ID]", "[IMG]", "[IMG_BREAK]", "[IMG_END]", "[AUDIO]", "[BEGIN_AUDIO]", "[START_REF]", "[END_REF]", "<TOOLCALL>", "</TOOLCALL>", "<AVAILABLE_TOOLS>", "</AVAILABLE_TOOLS>", "<TOOL_RESPONSE>", "</TOOL_RESPONSE>", "<DETAILED_CAPTION>", "<MORE_DETAILED_CAPTION>", "<OPEN_VOCABULARY_DETECTION>", "<REFERRING_EXPRESSION_SEGMENTATION>", "<DENSE_REGION_CAPTION>", "<CAPTION_TO_PHRASE_GROUNDING>", "<bbox>", "<dlt>", "<eos/>", "<LBOS>", "<LEOS>", "<NLBOS>", "<NLEOS>", "[NLU]", "[NLG]", "[S2S]", "[e~[", "]~b]", "]~!b[", "]!p~[", "]!d~[",
        "[PREFIX]", "[MIDDLE]", "[SUFFIX]", "[TRANSCRIBE]", "[STREAMING_PAD]", "[START_AMINO]", "[END_AMINO]", "[START_SMILES]", "[END_SMILES]", "[START_I_SMILES]", "[END_I_SMILES]", "[START_DNA]", "[END_DNA]", "[X_SEP]", "[@BOS@]", "[multimodal]", "[NL]",
        "[SYS]", "[ASST]", "[EOT]", "[SOT]", "[SOS]", "[EOP]", "[SOP]", "[EOD]", "[EOM]", "[|AI|]", "[NEXT_AUDIO_TEXT]", "[REPEAT_AUDIO_TEXT]", "[STREAMING_WORD]", "[SPL1T-TH1S-Pl3A5E]", "[Stts]", "[Etts]", "[Ptts]", "[Sbreak]", "[Pbreak]", "[Ebreak]", "[Retrieval]", "[No Retrieval]", "[Continue to Use Evidence]", "[Relevant]", "[Irrelevant]", "[Fully supported]", "[Partially supported]", "[No support / Contradictory]", "[Utility:1]", "[Utility:2]", "[Utility:3]", "[Utility:4]", "[Utility:5]", "[SEG]", "[HL]", "[/HL]", "[SENT]", "[EOU]", "[USR]", "[BOUNDARY]", "[LINE_BREAK]", "[uv_break]", "[v_break]", "[lbreak]", "[llbreak]", "[spk_emb]", "[empty_spk]",
    ]).OrderByDescending(token => token.Length).Select(Encoding.UTF8.GetBytes)];

    // By second byte, since all begin with '<' or '[': hostile text of those alone must not cost a look at every token for each byte.
    private static readonly byte[][][] BySecondByte = [.. Enumerable.Range(0, 256).Select(second => Tokens.Where(token => token[1] == second).ToArray())];

    // Of "[unused7]", "[oral_2]": what is followed by a number between square brackets.
    private static readonly byte[][] Reserved = Bytes("unused", "unused_token", "control", "reserved", "reserved_token", "special", "special_token", "oral", "laugh", "break", "speed", "ctrl");

    private static readonly byte[][] Kinds = Bytes("IMG", "AUD", "VID", "SPK", "SEG");

    // Of "[/ASST]", "<<HUMAN>>": who speaks, or what, in capitals; without an end they are names of much else.
    private static readonly byte[][] Roles = Bytes("SYS", "SYSTEM", "INST", "INSTRUCTION", "USER", "HUMAN", "ASST", "ASSISTANT", "BOT", "AI", "MODEL", "THINK", "PROMPT", "RESPONSE", "OUT", "TOOL", "TOOLS", "RESULT", "RESULTS", "DOC", "IMG", "REF", "HL", "AUD", "VID", "SPK");

    // Of "|ENDOFTEXT|", "|NEWLINE|": tokens between pipes alone, which tables have too.
    private static readonly byte[][] BarePiped = Bytes("ENDOFTEXT", "SPEAKER", "NEWLINE", "STARTOFTEXT", "IM_START", "IM_END", "BEGIN_OF_TEXT", "IMAGE_PLACEHOLDER", "START_THINKING", "END_THINKING", "START_ACTION", "END_ACTION", "START_RESPONSE", "END_RESPONSE", "START_TEXT", "END_TEXT");

    // Pipes are operators too: with spaces between, only these are tokens, and names with an underscore.
    private static readonly byte[][] Spaced = Bytes("system", "user", "assistant", "end", "endoftext", "endofturn", "startoftext", "start", "message", "eot", "eom", "bos", "eos", "sep", "pad");

    // Bytes of letters that are not ASCII: punctuation, spaces and forms of other widths begin with bytes that are not among them.
    private static readonly byte[] Letters = [.. Enumerable.Range(0x80, 0x80).Select(value => (byte)value).Where(value => value is not (0xC2 or 0xE2 or 0xEF))];

    private static readonly SearchValues<byte> OfNames = SearchValues.Create([.. "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:/+@=#~$"u8, .. Letters]);
    private static readonly SearchValues<byte> OfAttributes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:/= "u8);
    private static readonly SearchValues<byte> OfWords = SearchValues.Create([.. "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"u8, .. Letters]);

    /// <summary>What control tokens begin with.</summary>
    public static readonly SearchValues<byte> FirstBytes = SearchValues.Create("<[]>|"u8);

    /// <summary>The bytes of the control token that a text begins with; 0 where it begins with none.</summary>
    public static int LengthAt(ReadOnlySpan<byte> text)
    {
        if (text.Length < 3)
        {
            return 0;
        }

        foreach (var token in BySecondByte[text[1]])
        {
            if (text.StartsWith(token))
            {
                return token.Length;
            }
        }

        return text[0] switch
        {
            (byte)'[' => text[1] == '|' ? Piped(text, 2, "|]"u8) : text[1] == '/' ? Closing(text) : Square(text),
            (byte)'<' when text.StartsWith("<\uFF5C"u8) || text.StartsWith("</\uFF5C"u8) => Math.Max(WidePiped(text, "\uFF5C>"u8), WidePiped(text, "|>"u8)),
            (byte)'<' => text[1] switch
            {
                (byte)'|' when text[2] == '|' => Piped(text, 3, "||>"u8),
                (byte)'|' => Piped(text, 2, "|>"u8) is > 0 and var piped ? piped : WithAttribute(text),
                (byte)'/' when text[2] == '|' => Piped(text, 3, "|>"u8),
                (byte)'<' => Doubled(text),
                (byte)'[' or (byte)']' => Crossed(text),
                0xF0 => Pictured(text),
                _ => Named(text),
            },
            (byte)']' when text.StartsWith("]<]"u8) => Between(text, "[>["u8, ' ', 'z'),
            (byte)'>' when text[1] == '>' && text[2] is >= (byte)'A' and <= (byte)'Z' => Between(text, "<<"u8, '0', '_'),
            (byte)'>' when text[1] == '>' => Language(text),
            (byte)'|' when text.StartsWith("|||"u8) => Barred(text),
            (byte)'|' => Bare(text),
            _ => 0,
        };
    }

    private static byte[][] Bytes(params string[] words) => [.. words.Select(Encoding.ASCII.GetBytes)];

    // "[unused7]", "[control_8]", "[UNUSED_TOKEN_146]", "[START_AUDIO]".
    private static int Square(ReadOnlySpan<byte> text)
    {
        var end = text[1..Math.Min(text.Length, LongestName)].IndexOf((byte)']') + 1;
        var name = end > 1 ? text[1..end] : default;
        if (name.IndexOf((byte)'_') > 0 && IsInCapitals(name) && IsEdge(name))
        {
            return end + 1;
        }

        var number = name.LastIndexOfAnyExceptInRange((byte)'0', (byte)'9') + 1;
        if (number == 0 || number == name.Length)
        {
            return 0;
        }

        // "[IMG0]", and no "![img0](…)" of Markdown.
        if (Is(Kinds, name[..number]))
        {
            return end + 1;
        }

        Span<byte> lower = stackalloc byte[LongestName];
        Ascii.ToLower(name[..number].TrimEnd((byte)'_'), lower, out var length);
        return Is(Reserved, lower[..length]) ? end + 1 : 0;
    }

    // "[/ASST]", "[/TOOL_X]": in capitals, as no markup of forums has it.
    private static int Closing(ReadOnlySpan<byte> text)
    {
        var length = text[2..Math.Min(text.Length, LongestName)].IndexOf((byte)']');
        var name = length > 1 ? text.Slice(2, length) : default;
        return IsInCapitals(name) && (name.IndexOf((byte)'_') > 0 || Is(Roles, name)) ? length + 3 : 0;
    }

    // "<<HUMAN>>", "<</SYSTEM>>", "<<CONVERSATION_START>>".
    private static int Doubled(ReadOnlySpan<byte> text)
    {
        var start = text[2] == '/' ? 3 : 2;
        var length = text[start..Math.Min(text.Length, start + LongestName)].IndexOf(">>"u8);
        var name = length > 1 ? text.Slice(start, length) : default;
        return IsInCapitals(name) && (Is(Roles, name) || name.EndsWith("_START"u8) || name.EndsWith("_END"u8)) ? start + length + 2 : 0;
    }

    // "<]minimax[>", "<[begin\u2581of\u2581sentence]>", "<[fim-prefix]>"; slices of types, as in "<[u8]>", have one word.
    private static int Crossed(ReadOnlySpan<byte> text)
    {
        var end = NameEnd(text, 2);
        var name = text[2..end];
        return name.Length is > 2 and <= LongestName && (text[1] == '[' ? text[end..].StartsWith("]>"u8) && name.IndexOfAny((byte)'-', (byte)0x96) > 0 : text[end..].StartsWith("[>"u8)) ? end + 2 : 0;
    }

    // "<| file ext=.py |>"
    private static int WithAttribute(ReadOnlySpan<byte> text)
    {
        var length = text[2..Math.Min(text.Length, LongestName)].IndexOf("|>"u8);
        var inner = length > 2 ? text.Slice(2, length) : default;
        var equal = inner.IndexOf((byte)'=');
        return equal > 2 && char.IsAsciiLetter((char)inner[equal - 1]) && inner[^1] == ' ' && inner.IndexOf("=="u8) < 0 && inner.IndexOfAnyExcept(OfAttributes) < 0 ? length + 4 : 0;
    }

    // A picture and a number between angle brackets, as speech, images and music are numbered.
    private static int Pictured(ReadOnlySpan<byte> text)
    {
        const int LongestPicture = 12;
        var digits = text[..Math.Min(text.Length, LongestPicture)].IndexOfAnyInRange((byte)'0', (byte)'9');
        var end = digits > 0 ? digits : text.Length;
        while (end < text.Length && char.IsAsciiDigit((char)text[end]))
        {
            end++;
        }

        return end < text.Length && text[end] == '>' && text[1..digits].IndexOfAnyInRange((byte)0, (byte)0x7F) < 0 ? end + 1 : 0;
    }

    // ">>fra<< Bonjour": the language that a text is put into; "a>>bit<<1" is no text.
    private static int Language(ReadOnlySpan<byte> text)
    {
        var end = 2;
        while (end < text.Length && char.IsAsciiLetterLower((char)text[end]))
        {
            end++;
        }

        return end is 4 or 5 && text[end..].StartsWith("<<"u8) && (end + 2 == text.Length || text[end + 2] is (byte)' ' or (byte)'\n' or >= 0x80) ? end + 2 : 0;
    }

    // "|||IP_ADDRESS|||": what stands in the place of what was taken out; a row of a table has empty cells, and hardly an underscore.
    private static int Barred(ReadOnlySpan<byte> text)
    {
        var length = text[3..Math.Min(text.Length, LongestName)].IndexOf("|||"u8);
        return length > 3 && text.Slice(3, length) is var name && name.IndexOf((byte)'_') > 0 && IsInCapitals(name) ? length + 6 : 0;
    }

    // "<function=get_weather>", which a call of a tool begins with.
    private static bool IsCall(ReadOnlySpan<byte> name) =>
        (name.StartsWith("function="u8) && name.Length > 9 && char.IsAsciiLetter((char)name[9])) || (name.StartsWith("parameter="u8) && name.Length > 10 && char.IsAsciiLetter((char)name[10]));

    // Near by only, so that many such names cost no more than their number.
    private static bool IsClosed(ReadOnlySpan<byte> behind, ReadOnlySpan<byte> name)
    {
        const int Far = 2000;
        var near = behind[..Math.Min(behind.Length, Far)];
        var at = near.IndexOf(name);
        return at > 1 && near[at - 1] == '/';
    }

    // "|ENDOFTEXT|"; what stands between angle brackets was broken on purpose.
    private static int Bare(ReadOnlySpan<byte> text)
    {
        var length = text[1..Math.Min(text.Length, LongestName)].IndexOf((byte)'|');
        var name = length > 4 ? text.Slice(1, length) : default;
        return IsInCapitals(name) && (length + 2 == text.Length || text[length + 2] != '>')
            && (Is(BarePiped, name) || name.EndsWith("_TOKEN"u8) || name.StartsWith("START_OF_"u8) || name.StartsWith("END_OF_"u8)) ? length + 2 : 0;
    }

    // "<\uFF5CDSML\uFF5Cinvoke>" too, whose name is in two parts.
    private static int WidePiped(ReadOnlySpan<byte> text, ReadOnlySpan<byte> close)
    {
        var start = text[1] == '/' ? 5 : 4;
        if (Piped(text, start, close) is > 0 and var length)
        {
            return length;
        }

        var end = NameEnd(text, start);
        var next = end > start && text[end..].StartsWith("\uFF5C"u8) ? end + 3 : 0;
        var last = next > 0 ? NameEnd(text, next) : 0;
        return last > next && last < text.Length && text[last] == '>' ? last + 1 : 0;
    }

    private static bool IsInCapitals(ReadOnlySpan<byte> name) => name.Length > 1 && name[0] != '_' && name.IndexOfAnyExceptInRange((byte)'A', (byte)'_') < 0 && name.IndexOfAny("[\\]^"u8) < 0;

    private static bool IsEdge(ReadOnlySpan<byte> name)
    {
        Span<byte> lower = stackalloc byte[LongestName];
        Ascii.ToLower(name, lower, out var length);
        return ControlTokenNames.IsEdge(lower[..length]);
    }

    // "]<]start of image[>[" and ">>ANSWER<<": a name of these characters between two signs.
    private static int Between(ReadOnlySpan<byte> text, ReadOnlySpan<byte> close, char first, char last)
    {
        const int Shortest = 4;
        var start = close.Length;
        var end = text[start..Math.Min(text.Length, start + LongestName)].IndexOf(close);
        return end >= Shortest && text.Slice(start, end).IndexOfAnyExceptInRange((byte)first, (byte)last) < 0 ? start + end + close.Length : 0;
    }

    /// <summary>
    /// The bytes of a control token whose pipes stand apart, as in <c>&lt; | im_end | &gt;</c>, which a judge reads as one and no tokenizer does: what
    /// <see cref="TokenBreaker"/> writes is such a text. 0 where the text begins with none.
    /// </summary>
    public static int SpacedLengthAt(ReadOnlySpan<byte> text)
    {
        var pipe = text.Length > 2 && text[1] == ' ' ? 2 : 1;
        if (text.Length < pipe + 4 || text[0] != '<' || text[pipe] != '|')
        {
            return 0;
        }

        var from = text[pipe + 1] == ' ' ? pipe + 2 : pipe + 1;
        var end = NameEnd(text, from);
        var name = text[from..end];
        var close = text[end..].TrimStart((byte)' ');
        return (name.Contains((byte)'_') || Is(Spaced, name)) && close is [(byte)'|', (byte)'>', ..] or [(byte)'|', (byte)' ', (byte)'>', ..] && name.Length is > 0 and <= LongestName
            ? text.Length - close.Length + (close[1] == ' ' ? 3 : 2) : 0;
    }

    // A name between pipes; operators such as "<|>" and "<||>" have none.
    private static int Piped(ReadOnlySpan<byte> text, int start, ReadOnlySpan<byte> close)
    {
        var end = NameEnd(text, start);
        while (end > start && end < text.Length - 1 && text[end] == ' ' && char.IsAsciiLetterOrDigit((char)text[end + 1]) && end - start < LongestName)
        {
            // "<|Inner Thoughts|>"
            end = NameEnd(text, end + 1);
        }

        var length = end - start;
        if (length is 0 or > LongestName || (length < 3 && close[^1] == ']') || text[start..end].IndexOfAny(OfWords) < 0)
        {
            return 0;
        }

        // "<|turn>" has a pipe before only.
        return text[end..].StartsWith(close) ? end + close.Length
            : length >= 3 && close[^1] == '>' && end < text.Length && text[end] == '>' && char.IsAsciiLetter((char)text[start]) ? end + 1
            : 0;
    }

    private static int Named(ReadOnlySpan<byte> text)
    {
        var start = text[1] == '/' ? 2 : 1;
        var end = NameEnd(text, start);
        var name = text[start..end];
        if (name.Length < 3 || name.Length > LongestName || end >= text.Length)
        {
            return 0;
        }

        // "<co: 0>", a citation.
        if (text[end] == ' ' && name.SequenceEqual("co:"u8))
        {
            var number = NameEnd(text, end + 1);
            return number < text.Length && number > end + 1 && text[number] == '>' ? number + 1 : 0;
        }

        if (text[end] == '|')
        {
            // "<turn|>", "<EOD|LLM-jp>".
            var second = NameEnd(text, end + 1);
            return second < text.Length && text[second] == '>' && (second == end + 1 || ControlTokenNames.IsMark(name)) ? second + 1 : 0;
        }

        return text[end] == '>' && (ControlTokenNames.Is(name) || IsCall(name) || (start == 1 && ControlTokenNames.IsPerhaps(name) && !IsClosed(text[end..], name))) ? end + 1 : 0;
    }

    private static bool Is(byte[][] words, ReadOnlySpan<byte> name)
    {
        foreach (var word in words)
        {
            if (name.SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }

    // Letters of any script, digits, a few signs, and U+2581, which DeepSeek writes between the words of a token; never U+FF5C, a pipe in full width.
    private static int NameEnd(ReadOnlySpan<byte> text, int at)
    {
        var start = at;
        while (at < text.Length && at - start <= LongestName)
        {
            var isBlank = text[at..].StartsWith("\u2581"u8);
            if (!isBlank && !OfNames.Contains(text[at]))
            {
                break;
            }

            at += isBlank ? 2 : 0;
            at++;
        }

        return at;
    }
}
