using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>Finds responses that are mostly the prompt again, which rewards of relevance fall for.</summary>
public sealed class PromptCopyRule : IHardeningRule
{
    private const int ShortestPrompt = 40;
    private const int Probe = 24;
    private const int ShortestEcho = 12;
    private const int MostEchoes = 40;

    /// <inheritdoc/>
    public string Name => "prompt-copy";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Responses;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Flag);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        var prompt = field.Prompt.Trim(" \t\r\n"u8);
        var response = field.Text.Trim(" \t\r\n"u8);
        if (prompt.Length < ShortestPrompt || response.Length < ShortestPrompt)
        {
            Echo(field, findings);
            return;
        }

        var (copied, first) = Copied(prompt, response);
        if (copied * 2L < prompt.Length || copied * 2L < response.Length)
        {
            return;
        }

        var whole = copied * 10L >= response.Length * 9L;
        findings.Add(
            field,
            whole && copied * 10L >= prompt.Length * 9L ? HardeningSeverity.High : whole ? HardeningSeverity.Medium : HardeningSeverity.Low,
            first,
            $"{copied} of {response.Length} bytes are the prompt's");
    }

    // A short question again, once or more and nothing else, in whatever case. A word or two that come back may be a greeting.
    private static void Echo(in HardeningField field, FindingList findings)
    {
        var prompt = field.Prompt.Trim(" \t\r\n"u8);
        if (prompt.Length < ShortestEcho || field.Text.Length < prompt.Length || field.Text.Length > MostEchoes * prompt.Length || !IsQuestion(prompt))
        {
            return;
        }

        var asked = FoldingMemory.Inner.Fold(prompt, Lexicon.Terms).Bytes.TrimEnd(" .?"u8);
        var rest = field.Folded.Bytes.TrimStart(" \t\r\n"u8);
        var times = 0;
        for (; !asked.IsEmpty && rest.StartsWith(asked); times++)
        {
            rest = rest[asked.Length..].TrimStart(" .?!\t\r\n"u8);
        }

        FoldingMemory.Inner.Trim();
        if (times > 0 && rest.IsEmpty)
        {
            findings.Add(field, HardeningSeverity.Medium, 0, $"the prompt, {times} times");
        }
    }

    private static bool IsQuestion(ReadOnlySpan<byte> prompt) =>
        prompt.EndsWith("?"u8) || prompt.EndsWith("\uFF1F"u8) || prompt.EndsWith("\u061F"u8) || prompt.EndsWith("\u037E"u8) || prompt.Count((byte)' ') >= 3;

    // Where a piece of the prompt stands in the response, as far as it goes in both directions; and again behind it.
    private static (int Copied, int First) Copied(ReadOnlySpan<byte> prompt, ReadOnlySpan<byte> response)
    {
        var at = (prompt.Length - Probe) / 2;
        var probe = prompt.Slice(at, Probe);
        var (copied, first, from) = (0, 0, 0);
        for (var times = 0; times < 64; times++)
        {
            var found = response[from..].IndexOf(probe);
            if (found < 0)
            {
                break;
            }

            found += from;
            var after = prompt[at..].CommonPrefixLength(response[found..]);
            var before = 0;
            while (before < at && before < found - from && prompt[at - before - 1] == response[found - before - 1])
            {
                before++;
            }

            first = copied == 0 ? found - before : first;
            copied += before + after;
            from = found + after;
        }

        return (copied, first);
    }
}
