using System.Text;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds control and chat-template tokens of the common model families in text that somebody wrote. Encoders and prompt builders write such
/// tokens as plain text, so the action is <see cref="FindingAction.Neutralised"/>, save where the text came templated and no judged turn was found.
/// </summary>
public sealed class ControlTokenRule : IHardeningRule
{
    // Longest first, so that a scan stops at the longest match.
    private static readonly byte[][] Tokens = [.. ((string[])
    [
        "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|im_sep|>",
        "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>", "<|python_tag|>",
        "<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>", "<pad>",
        "<s>", "</s>", "<unk>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>",
        "<|user|>", "<|assistant|>", "<|system|>", "<|end|>", "<|observation|>",
        "<|start|>", "<|channel|>", "<|message|>", "<|return|>", "<|call|>",
        "<\uFF5Cbegin\u2581of\u2581sentence\uFF5C>", "<\uFF5Cend\u2581of\u2581sentence\uFF5C>", "<\uFF5CUser\uFF5C>", "<\uFF5CAssistant\uFF5C>",
        "[CLS]", "[SEP]", "[PAD]", "[MASK]", "<extra_0>",
    ]).OrderByDescending(token => token.Length).Select(Encoding.UTF8.GetBytes)];

    // By second byte, since all begin with '<' or '[': hostile text of those alone must not cost a look at every token for each byte.
    private static readonly byte[][][] TokensBySecondByte = [.. Enumerable.Range(0, 256)
        .Select(second => Tokens.Where(token => token[1] == second).ToArray())];

    /// <inheritdoc/>
    public string Name => "control-token";

    /// <inheritdoc/>
    public int Version => 1;

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
            var token = TokenAt(text[at..]);
            if (token is null)
            {
                at++;
                continue;
            }

            var spelled = Encoding.UTF8.GetString(token);
            findings.Add(field.IsParsed
                ? new HardeningFinding(Name, FindingAction.Observed, field.Name, at, $"control token {spelled}; whose it is cannot be told, since no judged turn was found")
                : new HardeningFinding(Name, FindingAction.Neutralised, field.Name, at, $"control token {spelled} read as plain text"));
            at += token.Length;
        }
    }

    /// <summary>The bytes of the control token that a text begins with; 0 where it begins with none.</summary>
    public static int LengthAt(ReadOnlySpan<byte> text) => TokenAt(text)?.Length ?? 0;

    private static byte[]? TokenAt(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
        {
            return null;
        }

        foreach (var token in TokensBySecondByte[text[1]])
        {
            if (text.StartsWith(token))
            {
                return token;
            }
        }

        return null;
    }
}
