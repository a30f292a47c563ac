using System.Buffers;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>What a name between angle brackets is made of where it is that of a control token: no list of tokens, but the ways in which model families name theirs.</summary>
internal static class ControlTokenNames
{
    /// <summary>The most bytes of a name.</summary>
    public const int Longest = 64;

    // Of "<start_of_turn>", "<endofimage>", "<fim_middle>": what a token's name begins with, where nothing else is named so.
    private static readonly byte[][] Beginnings = Bytes("start_of_", "end_of_", "begin_of_", "beginning_of_", "startof", "endof", "beginof", "fim_repo", "fim_prefix", "fim_middle", "fim_suffix", "fim_pad", "fim_hole", "fim_begin", "fim_end", "fim-",
        "pr_status", "pr_is_merged", "pr_base", "pr_file", "pr_diff", "pr_comment", "pr_event_id", "pr_review", "pr_in_reply_to", "longcat_", "minimax_", "hunyuan_", "exaone_", "kimi_", "jupyter_", "commit_before", "commit_after", "commit_msg", "aix-span-", "madeupword", "ocr_with_", "region_to_", "region_cap", "reka_");

    // Of "<TOKENS_UNUSED_1>", "<extra_id_0>", "<loc0512>": what is followed by a number.
    private static readonly byte[][] Numbered = Bytes("unused", "tokens_unused", "extra_id", "extra_l_id", "extra_t_id", "extra", "special", "reserved", "reserved_special_token", "reserved_token", "special_token", "added_token", "dummy", "dummy_token", "custom_token", "patch_index", "sentinel", "mask", "unk", "null",
        "audio_token", "image_token", "vq_token", "speech_token", "timestamp_token", "audio", "video", "loc", "seg", "bin", "bbox", "tile", "img", "image", "vq", "vis", "visual", "mel", "hubert", "wav", "snac", "bicodec", "codebook", "latent", "ent", "tok", "quant", "motion_id", "motion", "semantic", "acoustic", "emb", "sep", "comp", "sc", "ctrl", "speaker", "pitch", "velocity", "tempo", "note_on", "note_off", "time_shift", "placeholder_token", "gist", "soft_prompt", "prompt_token", "tab_token", "vocab", "byte");

    // The same of longer numbers only: people number such things, and not to hundreds.
    private static readonly byte[][] NumberedHigh = Bytes("s", "g", "a", "d", "m", "t", "x", "y", "z", "w", "action", "act", "frame", "speech", "sp", "spk", "speaker", "point", "box", "pos", "code", "unit", "region", "obj", "patch", "token", "time", "pose", "feat", "query", "state");

    // Of "<eos_token>", "<seed:bos>", "<EOD|LLM-jp>": a mark of the vocabulary, and what stands before or after one.
    private static readonly byte[][] Marks = Bytes("bos", "eos", "pad", "unk", "sep", "cls", "mask", "eot", "eod", "eom", "sot", "eop", "sop");

    // Of "<seed:think>", "<minimax:tool_call>": whose namespace it is, or what no other namespace names.
    private static readonly byte[][] Namespaces = Bytes("seed", "minimax", "antml", "plamo", "longcat", "qwen", "glm", "kimi", "deepseek", "hunyuan", "gemma", "llama", "mistral", "grok", "ernie", "doubao", "exaone", "atem", "racm3", "mm");
    private static readonly byte[][] OfMarks = Bytes("_token", "_id", "/");
    private static readonly byte[][] NamedThere =
        Bytes("think", "thinking", "thought", "tool_call", "tool_calls", "tool_response", "tool_result", "tool_results", "tool_output", "function_call", "function_calls", "end_of_turn", "start_of_turn", "im_start", "im_end");

    // Of "<tool_call_begin>", "<start_function_call>": what begins and ends.
    private static readonly byte[][] Kinds = Bytes("tool", "tool_call", "tool_calls", "tool_output", "tool_outputs", "tool_response", "function", "function_call", "function_declaration", "function_response", "code", "image", "img", "audio", "video", "vision", "frame", "quad", "box", "ref", "object_ref", "turn", "speech", "tts", "asr", "text",
        "role", "header", "message", "msg", "content", "action", "plugin", "env", "assistant", "user", "system", "bot", "human", "model", "think", "thought", "thinking", "reasoning", "slice", "point", "low_res_im", "im", "response");

    // Of "<vi_start>", "<entity_end>": what begins and ends too, and may be a field of XML where its end stands behind.
    private static readonly byte[][] OtherKinds = Bytes("vi", "vid", "au", "aud", "im_row", "img_row", "image_row", "pic", "seg", "sys", "ctx", "msgs", "doc", "document", "ent", "entity", "sent", "sentence", "query", "question", "answer", "search", "dream", "mem", "memory", "latent", "obs", "observation", "state", "plan", "reflection", "summary", "inst", "instruction", "prompt", "completion", "context",
        "chart", "formula", "meta", "motion", "track", "song", "mask", "region", "roi", "patch", "caption", "ocr", "thinking_mode", "verify", "step", "scene", "clip", "mol", "protein", "smiles", "dna", "py", "sql", "lang", "lyrics", "mel", "wav");

    private static readonly byte[][] Ends = Bytes("_begin", "_start", "_end", "_pad", "_patch", "_newline", "_soft_token", "_bos", "_eos", "_break", "_start_baichuan", "_end_baichuan", "_pad_baichuan");
    private static readonly byte[][] Starts = Bytes("begin_", "start_", "end_", "bos_", "eos_");

    // Of "<IMAGE_TOKEN>", "<ImageHere>", "<image_id>": what stands in the place of what is no text.
    private static readonly byte[][] Media = Bytes("image", "img", "im", "audio", "video", "vision", "speech", "mask", "motion", "point", "vi", "vid", "au", "region", "reka_img", "frame", "msg");
    private static readonly byte[][] InPlace = Bytes("_token", "_tok", "here", "_embed", "_embedding", "_feature", "_features", "_col", "_sep", "_context", "_placeholder", "_atom", "_gen", "_frame", "_fea");

    // Of "<boi>", "<eov>", "<sosp>": where something begins or ends, shortened.
    private static readonly byte[][] Words = Bytes("box", "bot", "boy", "bow", "bob", "bon", "bod", "bog", "boo", "bom", "son", "sol", "sow", "sob", "sod", "soy", "soc", "sox", "eon", "eof", "eol");
    private static readonly byte[][] Shortened = Bytes("sosp", "eosp", "soim", "eoim", "soms", "eoms", "somu", "eomu", "eoss", "eosys", "sosys", "eoch", "soch", "eohuman", "sohuman", "bofs", "eofs");

    // Of "<B_SYS>", "<C_Q>": a letter and what begins there.
    private static readonly byte[][] AfterLetter = Bytes("sys", "inst", "q", "a", "apis", "func", "code", "user", "img", "text", "env");

    // Of "<s_answer>": a field of a page, save what programs name so.
    private static readonly byte[][] NoField = Bytes("s_t", "s_list", "s_type", "s_struct", "s_node");

    private static readonly SearchValues<byte> OfFields = SearchValues.Create("abcdefghijklmnopqrstuvwxyz_-0123456789"u8);

    /// <summary>True where a name, as it is written, is that of a control token.</summary>
    public static bool Is(ReadOnlySpan<byte> name)
    {
        Span<byte> lower = stackalloc byte[Longest];
        var plain = Lower(name, lower);
        if (plain.Length < 2)
        {
            return false;
        }

        var isLower = name.IndexOfAnyInRange((byte)'A', (byte)'Z') < 0;
        return IsLower(plain)
            || (isLower && IsOfField(plain))
            || (!isLower && plain[1] == '_' && name[0] is >= (byte)'A' and <= (byte)'Z' && IsOneOf(AfterLetter, plain[2..]));
    }

    /// <summary>True where a name is a mark of the vocabulary: "eos".</summary>
    public static bool IsMark(ReadOnlySpan<byte> name)
    {
        Span<byte> lower = stackalloc byte[Longest];
        return IsOneOf(Marks, Lower(name, lower));
    }

    /// <summary>True where a name in lower case tells where a part of a conversation begins or ends: "start_message", "tool_call_end".</summary>
    public static bool IsEdge(ReadOnlySpan<byte> name) => (EndsIn(Ends, name) is > 0 and var end && IsOneOf(Kinds, name[..^end])) || (BeginsWith(Starts, name) is > 0 and var start && IsOneOf(Kinds, name[start..]));

    /// <summary>True where a name may be that of a token and that of a field: it is a token where no end of such a field stands behind.</summary>
    public static bool IsPerhaps(ReadOnlySpan<byte> name)
    {
        Span<byte> lower = stackalloc byte[Longest];
        var plain = Lower(name, lower);
        return EndsIn(Ends, plain) is > 0 and var end && IsOneOf(OtherKinds, plain[..^end]);
    }

    // In lower case, with an underscore for U+2581; empty where it has another character that is not ASCII.
    private static ReadOnlySpan<byte> Lower(ReadOnlySpan<byte> name, Span<byte> lower)
    {
        var written = 0;
        for (var at = 0; at < name.Length; at++)
        {
            var isBlank = name[at..].StartsWith("\u2581"u8);
            if (name[at] >= 0x80 && !isBlank)
            {
                return [];
            }

            lower[written++] = isBlank ? (byte)'_' : (byte)char.ToLowerInvariant((char)name[at]);
            at += isBlank ? 2 : 0;
        }

        return lower[..written];
    }

    private static bool IsLower(ReadOnlySpan<byte> name) =>
        BeginsWith(Beginnings, name) > 0
        || IsEdge(name)
        || (EndsIn(InPlace, name) is > 0 and var place && IsOneOf(Media, name[..^place]))
        || IsNumbered(name)
        || (EndsIn(OfMarks, name) is > 0 and var ofMark && IsOneOf(Marks, name[..^ofMark]))
        || (name.StartsWith("__"u8) && name.EndsWith("__"u8) && name.Length > 5) || IsLanguage(name)
        || IsByte(name) || IsShortened(name) || IsTranslation(name)
        || (name.IndexOf((byte)':') is > 0 and var colon && IsInNamespace(name[..colon], name[(colon + 1)..]));

    // "<s_answer>" of a page, "<_user>".
    private static bool IsOfField(ReadOnlySpan<byte> name)
    {
        var word = name[0] == '_' ? name[1..] : name.StartsWith("s_"u8) && !IsOneOf(NoField, name) ? name[2..] : default;
        return word.Length > 2 && word[0] is >= (byte)'a' and <= (byte)'z' && word.IndexOfAnyExcept(OfFields) < 0;
    }

    private static bool IsNumbered(ReadOnlySpan<byte> name)
    {
        const int LongNumber = 3;
        var number = name.LastIndexOfAnyExceptInRange((byte)'0', (byte)'9') + 1;
        if (number == 0 || number == name.Length)
        {
            return false;
        }

        var before = name[..number].TrimEnd("_-"u8);
        var digits = name[number..];
        return IsOneOf(Numbered, before)
            || (before.Length > 5 && before.EndsWith("token"u8)) || before.IndexOf("unused"u8) >= 0 || before.IndexOf("reserved"u8) >= 0
            || (digits.Length >= LongNumber && (IsOneOf(NumberedHigh, before) || (digits[0] == '0' && before.IndexOfAnyExceptInRange((byte)'_', (byte)'z') < 0)))
            || IsCell(name);
    }

    // "<row_1_col_12>".
    private static bool IsCell(ReadOnlySpan<byte> name)
    {
        var column = name.IndexOf("_col_"u8);
        return name.StartsWith("row_"u8) && column > 4 && IsNumber(name[4..column]) && IsNumber(name[(column + 5)..]);
    }

    // "<0x0A>": a byte of SentencePiece.
    private static bool IsByte(ReadOnlySpan<byte> name) =>
        name.Length == 4 && name.StartsWith("0x"u8) && char.IsAsciiHexDigit((char)name[2]) && char.IsAsciiHexDigit((char)name[3]);

    private static bool IsShortened(ReadOnlySpan<byte> name) =>
        (name.Length == 3 && name[0] is (byte)'b' or (byte)'e' or (byte)'s' && name[1] == 'o' && name[2] is >= (byte)'a' and <= (byte)'z' && !IsOneOf(Words, name)) || IsOneOf(Shortened, name);

    // "<2de>": the language that a text is put into.
    private static bool IsTranslation(ReadOnlySpan<byte> name) => name.Length is 3 or 4 && name[0] == '2' && name[1..].IndexOfAnyExceptInRange((byte)'a', (byte)'z') < 0;

    // "<en_xx>": the language of a text, as a model of fifty has them.
    private static bool IsLanguage(ReadOnlySpan<byte> name) => name is [>= (byte)'a' and <= (byte)'z', >= (byte)'a' and <= (byte)'z', (byte)'_', (byte)'x', (byte)'x'];

    // "<seed:bos>", "<minimax:tool_call>", "<mask:0>".
    private static bool IsInNamespace(ReadOnlySpan<byte> space, ReadOnlySpan<byte> name) =>
        IsOneOf(Marks, name) || IsOneOf(Namespaces, space) || IsOneOf(NamedThere, name) || (IsOneOf(Marks, space) && IsNumber(name));

    private static bool IsNumber(ReadOnlySpan<byte> text) => text.Length > 0 && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    private static byte[][] Bytes(params string[] words) => [.. words.Select(Encoding.ASCII.GetBytes)];

    private static bool IsOneOf(byte[][] words, ReadOnlySpan<byte> name)
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

    private static int BeginsWith(byte[][] words, ReadOnlySpan<byte> name)
    {
        foreach (var word in words)
        {
            if (name.StartsWith(word))
            {
                return word.Length;
            }
        }

        return 0;
    }

    private static int EndsIn(byte[][] words, ReadOnlySpan<byte> name)
    {
        foreach (var word in words)
        {
            if (name.EndsWith(word))
            {
                return word.Length;
            }
        }

        return 0;
    }
}
