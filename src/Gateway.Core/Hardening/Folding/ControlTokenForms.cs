using System.Buffers;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>How control tokens are written: the known ones by name, the others by the forms that model families give theirs.</summary>
internal static class ControlTokenForms
{
    private const int LongestName = 64;

    // As their families spell them; what the forms below cover is not repeated here.
    private static readonly byte[][] Tokens = [.. ((string[])
    [
        "<bos>", "<eos>", "<pad>", "<s>", "</s>", "<unk>", "<mask>", "<cls>", "<sep>", "<eop>", "<sop>", "<eod>", "<eot>", "<eoa>", "<eoh>", "<eom>",
        "<PAD>", "<UNK>", "<MASK>", "<BOS>", "<EOS>", "<SEP>", "<CLS>", "<EOT>", "<PRE>", "<SUF>", "<MID>", "<_user>", "<_bot>", "<_system>", "<_end>",
        "<<SYS>>", "<</SYS>>", "<<sys>>", "<</sys>>", "<_assistant>", "<_tool>", "<用户>", "<AI>", "<助手>", "<系统>", "<endoftext>", "<startoftext>", "<endofprompt>", "<endofturn>", "<eoc>", "<boc>", "<eor>", "<soh>", "<sot>", "<nl>", "<im_start>", "<im_end>",
        "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>", "<tool_sep>", "<global-img>", "<fake_token_around_image>", "<code_to_intermediate>", "<intermediate_to_code>", "<image_placeholder>", "<audio_placeholder>", "<video_placeholder>", "<file_sep>", "<repo_name>", "<reponame>", "<gh_stars>", "<issue_start>", "<issue_comment>", "<issue_closed>",
        "<jupyter_start>", "<jupyter_text>", "<jupyter_code>", "<jupyter_script>", "<jupyter_output>", "<empty_output>", "<commit_before>", "<commit_msg>", "<commit_after>",
        "<image_soft_token>", "<audio_soft_token>", "<im_patch>", "<IMG_CONTEXT>", "<function_calls>", "</function_calls>",
        "[INST]", "[/INST]", "[inst]", "[/inst]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[/TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[TOOL_CONTENT]",
        "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[MODEL_SETTINGS]", "[/MODEL_SETTINGS]", "[CLS]", "[SEP]", "[PAD]", "[MASK]", "[UNK]", "[BOS]", "[EOS]", "[gMASK]", "[sMASK]",
        "[THINK]", "[/THINK]", "[ARGS]", "[CALL_ID]", "[IMG]", "[IMG_BREAK]", "[IMG_END]", "[AUDIO]", "[BEGIN_AUDIO]", "[START_REF]", "[END_REF]", "[NLU]", "[NLG]", "[S2S]", "[e~[", "]~b]", "]~!b[", "]!p~[", "]!d~[",
        "[PREFIX]", "[MIDDLE]", "[SUFFIX]", "[TRANSCRIBE]", "[STREAMING_PAD]", "[START_AMINO]", "[END_AMINO]", "[START_SMILES]", "[END_SMILES]", "[START_I_SMILES]", "[END_I_SMILES]", "[START_DNA]", "[END_DNA]", "[X_SEP]", "[@BOS@]", "[multimodal]", "[NL]",
    ]).OrderByDescending(token => token.Length).Select(Encoding.UTF8.GetBytes)];

    // By second byte, since all begin with '<' or '[': hostile text of those alone must not cost a look at every token for each byte.
    private static readonly byte[][][] BySecondByte = [.. Enumerable.Range(0, 256).Select(second => Tokens.Where(token => token[1] == second).ToArray())];

    // Of "<start_of_turn>", "<unused7>", "<fim_middle>": what a token's name begins with, where nothing else is named so.
    private static readonly byte[][] Beginnings = Bytes("start_of_", "end_of_", "begin_of_", "beginning_of_", "fim_prefix", "fim_middle", "fim_suffix", "fim_pad", "fim-prefix", "fim-middle", "fim-suffix", "fim-pad",
        "pr_status", "pr_is_merged", "pr_base", "pr_file", "pr_diff", "pr_comment", "pr_event_id", "pr_review", "pr_in_reply_to", "longcat_", "minimax_", "hunyuan_", "exaone_", "kimi_", "jupyter_", "commit_before", "commit_after", "commit_msg");

    // Of "<TOKENS_UNUSED_1>", "<extra_id_0>": what is followed by a number.
    private static readonly byte[][] Numbered = Bytes("unused", "tokens_unused", "extra_id", "extra", "special", "reserved", "reserved_special_token", "reserved_token", "special_token", "added_token", "dummy_token", "custom_token", "patch_index", "sentinel", "mask", "unk", "null", "audio_token", "image_token", "vq_token", "speech_token", "timestamp_token");

    private static readonly byte[][] Reserved = Bytes("unused", "unused_token", "control", "reserved", "reserved_token", "special", "special_token");

    // Of "<eos_token>", "<seed:bos>": a mark of the vocabulary, and what stands before or after one.
    private static readonly byte[][] Marks = Bytes("bos", "eos", "pad", "unk", "sep", "cls", "mask", "eot", "eod", "eom", "sot", "eop", "sop");

    // Of "<seed:think>", "<minimax:tool_call>": whose namespace it is, or what no other namespace names.
    private static readonly byte[][] Namespaces = Bytes("seed", "minimax", "antml", "plamo", "longcat", "qwen", "glm", "kimi", "deepseek", "hunyuan", "gemma", "llama", "mistral", "grok", "ernie", "doubao", "exaone");
    private static readonly byte[][] NamedThere =
        Bytes("think", "thinking", "thought", "tool_call", "tool_calls", "tool_response", "tool_result", "tool_results", "tool_output", "function_call", "function_calls", "end_of_turn", "start_of_turn", "im_start", "im_end");
    private static readonly byte[][] Kinds = Bytes("tool", "tool_call", "tool_calls", "tool_output", "tool_response", "image", "img", "audio", "video", "vision", "quad", "box", "ref", "object_ref", "turn", "speech", "role", "header", "action", "plugin", "env", "assistant", "user", "system", "bot", "human", "think", "thought", "reasoning");
    private static readonly byte[][] Ends = Bytes("_begin", "_start", "_end", "_pad", "_patch", "_newline", "_soft_token", "_bos", "_eos", "_break");

    // Pipes are operators too: with spaces between, only these are tokens, and names with an underscore.
    private static readonly byte[][] Spaced = Bytes("system", "user", "assistant", "end", "endoftext", "endofturn", "startoftext", "start", "message", "eot", "eom", "bos", "eos", "sep", "pad");

    /// <summary>What control tokens begin with.</summary>
    public static readonly SearchValues<byte> FirstBytes = SearchValues.Create("<[]>"u8);

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
            (byte)'[' => text[1] == '|' ? Piped(text, 2, "|]"u8) : Unused(text),
            (byte)'<' when text.StartsWith("<\uFF5C"u8) => Math.Max(Piped(text, 4, "\uFF5C>"u8), Piped(text, 4, "|>"u8)),
            (byte)'<' => text[1] == '|' ? Piped(text, 2, "|>"u8) : Named(text),
            (byte)']' when text.StartsWith("]<]"u8) => Between(text, "[>["u8, ' ', 'z'),
            (byte)'>' when text[1] == '>' => Between(text, "<<"u8, 'A', '_'),
            _ => 0,
        };
    }

    private static byte[][] Bytes(params string[] words) => [.. words.Select(Encoding.ASCII.GetBytes)];

    // "[unused7]", "[control_8]", "[UNUSED_TOKEN_146]".
    private static int Unused(ReadOnlySpan<byte> text)
    {
        var end = text[1..Math.Min(text.Length, LongestName)].IndexOf((byte)']') + 1;
        var name = end > 1 ? text[1..end] : default;
        var number = name.LastIndexOfAnyExceptInRange((byte)'0', (byte)'9') + 1;
        if (number == 0 || number == name.Length)
        {
            return 0;
        }

        Span<byte> lower = stackalloc byte[LongestName];
        Ascii.ToLower(name[..number].TrimEnd((byte)'_'), lower, out var length);
        return Is(Reserved, lower[..length]) ? end + 1 : 0;
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
        if (length is 0 or > LongestName || (length < 3 && close[^1] == ']'))
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

        if (text[end] == '|' && end + 1 < text.Length && text[end + 1] == '>')
        {
            return end + 2;
        }

        return text[end] == '>' && IsToken(name) ? end + 1 : 0;
    }

    private static bool IsToken(ReadOnlySpan<byte> name)
    {
        Span<byte> lower = stackalloc byte[LongestName];
        Ascii.ToLower(name, lower, out var length);
        return IsTokenInLowerCase(lower[..length]);
    }

    private static bool IsTokenInLowerCase(ReadOnlySpan<byte> name)
    {
        foreach (var beginning in Beginnings)
        {
            if (name.StartsWith(beginning))
            {
                return true;
            }
        }

        foreach (var end in Ends)
        {
            if (name.EndsWith(end) && Is(Kinds, name[..^end.Length]))
            {
                return true;
            }
        }

        var number = name.LastIndexOfAnyExceptInRange((byte)'0', (byte)'9') + 1;
        return (number < name.Length && Is(Numbered, name[..number].TrimEnd((byte)'_')))
            || (name.EndsWith("_token"u8) && Is(Marks, name[..^"_token"u8.Length]))
            || IsByte(name) || (name.IndexOf((byte)':') is > 0 and var colon && IsInNamespace(name[..colon], name[(colon + 1)..]));
    }

    // "<0x0A>": a byte of SentencePiece.
    private static bool IsByte(ReadOnlySpan<byte> name) =>
        name.Length == 4 && name.StartsWith("0x"u8) && char.IsAsciiHexDigit((char)name[2]) && char.IsAsciiHexDigit((char)name[3]);

    // "<seed:bos>", "<minimax:tool_call>", "<mask:0>".
    private static bool IsInNamespace(ReadOnlySpan<byte> space, ReadOnlySpan<byte> name) =>
        Is(Marks, name) || Is(Namespaces, space) || Is(NamedThere, name) || (Is(Marks, space) && IsNumber(name));

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

    private static bool IsNumber(ReadOnlySpan<byte> text) => text.Length > 0 && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    // Letters, digits, a few signs, and U+2581, which DeepSeek writes between the words of a token.
    private static int NameEnd(ReadOnlySpan<byte> text, int at)
    {
        var start = at;
        while (at < text.Length && at - start <= LongestName)
        {
            if (char.IsAsciiLetterOrDigit((char)text[at]) || text[at] is (byte)'_' or (byte)'-' or (byte)'.' or (byte)':' or (byte)'/' or (byte)'+')
            {
                at++;
            }
            else if (text[at..].StartsWith("\u2581"u8))
            {
                at += 3;
            }
            else
            {
                break;
            }
        }

        return at;
    }
}
