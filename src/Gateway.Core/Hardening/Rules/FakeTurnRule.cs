using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds turns that a response writes for somebody else: a judge, a user, a system. In templated text that came without its prompt it reports
/// several assistant turns, since a response can write one of its own and so move what is judged.
/// </summary>
public sealed class FakeTurnRule : IHardeningRule
{
    private static readonly TermClass[] Matter = [TermClass.Speaker];

    /// <inheritdoc/>
    public string Name => "fake-turn";

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
        if (field.AssistantTurns > 1)
        {
            findings.Add(
                field, HardeningSeverity.Low, 0,
                $"one of {field.AssistantTurns} assistant turns; without the prompt it cannot be told which one the policy wrote");
        }

        var (turns, first) = (0, -1);
        foreach (var hit in field.Folded.Terms)
        {
            if (hit.Class != TermClass.Speaker || !OpensTurn(field.Folded.Bytes, hit))
            {
                continue;
            }

            turns++;
            first = first < 0 ? hit.At : first;
        }

        if (turns > 0)
        {
            var at = TextFolder.Original(field.Text, first);
            var severity = turns >= 2 ? HardeningSeverity.High : HardeningSeverity.Medium;
            findings.Add(field, Context.Weigh(field, severity, at, Matter), at, $"{turns} turns of somebody else");
        }
    }

    // "User:", "### Judge", "[Assistant]", "**Grader:**" on a line of their own beginning.
    private static bool OpensTurn(ReadOnlySpan<byte> folded, TermHit hit)
    {
        var before = hit.At;
        while (before > 0 && folded[before - 1] is (byte)'#' or (byte)'*' or (byte)'[' or (byte)'<' or (byte)' ' or (byte)'|' or (byte)'(' or (byte)'-' or (byte)'=' or (byte)'"' or (byte)'/' or (byte)'_')
        {
            before--;
        }

        var opens = before == 0 || folded[before - 1] == '\n';
        if (!opens)
        {
            return false;
        }

        var marked = folded[before..hit.At].IndexOfAny((byte)'#', (byte)'[', (byte)'<') >= 0 || folded[before..hit.At].Count((byte)'=') >= 2 || folded[before..hit.At].Count((byte)'-') >= 3;
        var after = hit.End;
        while (after < folded.Length && folded[after] is (byte)'*' or (byte)' ' or (byte)'_' or (byte)'"' or (byte)'=' or (byte)'-')
        {
            after++;
        }

        if (after >= folded.Length)
        {
            return marked;
        }

        return folded[after] switch
        {
            (byte)':' => true,
            (byte)']' or (byte)'>' or (byte)'\n' or (byte)'#' => marked,
            _ => false,
        };
    }
}
