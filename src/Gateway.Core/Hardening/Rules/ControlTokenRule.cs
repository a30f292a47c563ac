using System.Text;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds control and chat-template tokens of the common model families in text that somebody wrote: the known ones, and whatever is written
/// like one between <c>&lt;|</c> and <c>|&gt;</c>. Encoders and prompt builders write such tokens as plain text, so they are neutralised,
/// save where the text came templated and no judged turn was found.
/// </summary>
public sealed class ControlTokenRule : IHardeningRule
{
    private const int LongestName = 64;

    // Longest first, so that a scan stops at the longest match.
    private static readonly byte[][] Tokens = [.. ((string[])
    [
        "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<pad>", "<s>", "</s>", "<unk>", "<mask>", "<cls>", "<sep>", "<eop>", "<sop>", "<eod>", "<eot>",
        "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]",
        "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[CLS]", "[SEP]", "[PAD]", "[MASK]", "[UNK]", "[BOS]", "[EOS]", "[gMASK]", "[sMASK]",
        "[THINK]", "[/THINK]", "[ARGS]", "[CALL_ID]", "[TOOL_CONTENT]", "[/TOOL_CALLS]", "[IMG]", "[IMG_BREAK]", "[IMG_END]", "[AUDIO]", "[BEGIN_AUDIO]", "[MODEL_SETTINGS]", "[/MODEL_SETTINGS]",
        "<fim_prefix>", "<fim_middle>", "<fim_suffix>", "<fim_pad>", "<file_sep>", "<repo_name>", "<reponame>", "<gh_stars>", "<issue_start>", "<issue_comment>", "<issue_closed>",
        "<jupyter_start>", "<jupyter_text>", "<jupyter_code>", "<jupyter_script>", "<jupyter_output>", "<empty_output>", "<commit_before>", "<commit_msg>", "<commit_after>",
        "<PAD>", "<UNK>", "<MASK>", "<BOS>", "<EOS>", "<SEP>", "<CLS>", "<eoa>", "<eoh>", "<eom>", "<eos_token>", "<bos_token>", "<image_soft_token>", "<audio_soft_token>", "<start_of_audio>", "<end_of_audio>",
        "<tool_call_begin>", "<tool_call_end>", "<im_patch>", "<function_calls>", "</function_calls>",
        "<BOS_TOKEN>", "<EOS_TOKEN>", "<start_of_image>", "<end_of_image>", "<_user>", "<_bot>", "<_system>", "<_end>",
    ]).OrderByDescending(token => token.Length).Select(Encoding.UTF8.GetBytes)];

    // By second byte, since all begin with '<' or '[': hostile text of those alone must not cost a look at every token for each byte.
    private static readonly byte[][][] TokensBySecondByte = [.. Enumerable.Range(0, 256)
        .Select(second => Tokens.Where(token => token[1] == second).ToArray())];

    /// <inheritdoc/>
    public string Name => "control-token";

    /// <inheritdoc/>
    public int Version => 3;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Everything;

    /// <inheritdoc/>
    public bool Neutralises => true;

    /// <inheritdoc/>
    public RuleActions Default => RuleActions.Always(HardeningAction.Neutralise);

    /// <inheritdoc/>
    public RuleActions Strict => RuleActions.Always(HardeningAction.Neutralise);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        var text = field.Text;
        for (var at = 0; at < text.Length && !findings.IsFull;)
        {
            var next = text[at..].IndexOfAny((byte)'<', (byte)'[');
            if (next < 0)
            {
                return;
            }

            at += next;
            var length = LengthAt(text[at..]);
            if (length == 0)
            {
                at++;
                continue;
            }

            Add(field, findings, at, length);
            at += length;
        }
    }

    private static void Add(in HardeningField field, FindingList findings, int at, int length)
    {
        var spelled = Encoding.UTF8.GetString(field.Text.Slice(at, length));
        var severity = field.Scope == HardeningScope.Everything || Quotation.Holds(field.Text, at) ? HardeningSeverity.Low : HardeningSeverity.Medium;
        findings.Add(field, severity, at, field.IsParsed
            ? $"control token {spelled}; whose it is cannot be told, since no judged turn was found"
            : $"control token {spelled} read as plain text");
    }

    /// <summary>The bytes of the control token that a text begins with; 0 where it begins with none.</summary>
    public static int LengthAt(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
        {
            return 0;
        }

        foreach (var token in TokensBySecondByte[text[1]])
        {
            if (text.StartsWith(token))
            {
                return token.Length;
            }
        }

        return text[0] != '<' ? Numbered(text, "[unused"u8, (byte)']')
            : text[1] == '|' ? Between(text, 2, "|>"u8)
            : text.StartsWith("<\uFF5C"u8) ? Between(text, 4, "\uFF5C>"u8)
            : Math.Max(
                Math.Max(Numbered(text, "<extra_id_"u8, (byte)'>'), Numbered(text, "<extra_"u8, (byte)'>')),
                Math.Max(Math.Max(Numbered(text, "<unused"u8, (byte)'>'), Numbered(text, "<SPECIAL_"u8, (byte)'>')), Numbered(text, "<reserved_"u8, (byte)'>')));
    }

    // A name of letters, digits and a few signs; operators such as "<|>" and "<||>" have none.
    private static int Between(ReadOnlySpan<byte> text, int start, ReadOnlySpan<byte> close)
    {
        var end = start;
        while (end < text.Length && end - start <= LongestName && (char.IsAsciiLetterOrDigit((char)text[end]) || text[end] is (byte)'_' or (byte)'-' or (byte)'.' || IsWordPart(text, ref end)))
        {
            end++;
        }

        return end > start && end - start <= LongestName && text[end..].StartsWith(close) ? end + close.Length : 0;
    }

    // U+2581, which DeepSeek writes between the words of a token.
    private static bool IsWordPart(ReadOnlySpan<byte> text, ref int at)
    {
        var part = text[at..].StartsWith("\u2581"u8);
        at += part ? 2 : 0;
        return part;
    }

    private static int Numbered(ReadOnlySpan<byte> text, ReadOnlySpan<byte> open, byte close)
    {
        if (!text.StartsWith(open))
        {
            return 0;
        }

        var end = open.Length;
        while (end < text.Length && end < open.Length + 8 && char.IsAsciiDigit((char)text[end]))
        {
            end++;
        }

        return end > open.Length && end < text.Length && text[end] == close ? end + 1 : 0;
    }
}
