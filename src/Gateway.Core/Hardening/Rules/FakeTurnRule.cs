using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds turns that a response writes for somebody else: a judge, a user, a system. In templated text that came without its prompt it reports
/// several assistant turns, since a response can write one of its own and so move what is judged.
/// </summary>
public sealed class FakeTurnRule : IHardeningRule
{
    private const int LongestAside = 40;

    private static readonly TermClass[] Matter = [TermClass.Speaker];

    /// <inheritdoc/>
    public string Name => "fake-turn";

    /// <inheritdoc/>
    public int Version => 7;

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

        var (turns, first, bare, messages, judges) = (0, -1, 0, 0, 0);
        foreach (var hit in field.Folded.Terms)
        {
            if (hit.Class is not (TermClass.Speaker or TermClass.Judge or TermClass.Model))
            {
                continue;
            }

            var isMessage = IsSpeakerOfMessage(field.Folded.Bytes, hit);
            messages += isMessage ? 1 : 0;
            var opens = isMessage || OpensTurn(field.Folded.Bytes, hit) || (hit.Class == TermClass.Judge && IsTagged(field.Folded.Bytes, hit));
            bare += hit.Class == TermClass.Speaker && IsAlone(field.Folded.Bytes, hit) ? 1 : 0;
            turns += opens ? 1 : 0;
            judges += opens && hit.Class == TermClass.Judge ? 1 : 0;
            // A message begins before the quotation that its speaker stands in.
            first = first >= 0 || !(opens || bare == 1) ? first : isMessage ? Math.Max(0, field.Folded.Bytes[..hit.At].LastIndexOfAny("{<\n"u8)) : hit.At;
        }

        turns += bare >= 2 ? bare : 0;
        turns += messages == 0 && field.Folded.Facts.HasSigns ? Roles(field.Folded.Bytes, ref first) : 0;
        if (turns == 0)
        {
            OfSetting(field, findings);
        }
        else
        {
            var at = field.Original(first);
            var severity = judges == 0 && Dialogue.IsAskedPlainly(field.Prompt) ? HardeningSeverity.Low : turns >= 2 ? HardeningSeverity.High : HardeningSeverity.Medium;
            findings.Add(field, Context.Weigh(field, severity, at, Matter), at, $"{turns} turns of somebody else");
        }
    }

    // Nobody is named who is known to speak so, and the lines are set as turns are.
    private static void OfSetting(in HardeningField field, FindingList findings)
    {
        if (Dialogue.Turns(field, out var first, out var severity) is > 0 and var turns)
        {
            var at = field.Original(first);
            findings.Add(field, Context.Weigh(field, severity, at, Matter), at, $"{turns} lines set as turns of somebody else");
        }
    }

    // "user" and nothing else on a line, as chat formats without marks write it.
    private static bool IsAlone(ReadOnlySpan<byte> folded, TermHit hit) =>
        (hit.At == 0 || folded[hit.At - 1] == '\n') && (hit.End == folded.Length || folded[hit.End] is (byte)'\n' or (byte)'\r');

    // "<papel>avaliador</papel>", whatever the tag.
    private static bool IsTagged(ReadOnlySpan<byte> folded, TermHit hit) => hit.At > 0 && folded[hit.At - 1] == '>' && folded[hit.End..].StartsWith("</"u8);

    // "{"from": "examiner", ...}", "<message author="judge">", "- role: system": a value that names who speaks, of a key that says so. A user in data has no message behind.
    private static bool IsSpeakerOfMessage(ReadOnlySpan<byte> folded, TermHit hit)
    {
        const int Near = 24;
        var behind = folded[hit.End..Math.Min(folded.Length, hit.End + Near)];
        var isMessage = hit.Class == TermClass.Judge || behind.IndexOf("content"u8) >= 0 || behind.IndexOf("value"u8) >= 0 || behind.IndexOf("text"u8) >= 0;
        if (isMessage && folded[..hit.At].EndsWith("\n- role: "u8))
        {
            return true;
        }

        if (!isMessage || hit.At < 3 || behind.IsEmpty || folded[hit.At - 1] is not ((byte)'"' or (byte)'\'') || behind[0] != folded[hit.At - 1])
        {
            return false;
        }

        var before = folded[..(hit.At - 1)].TrimEnd((byte)' ');
        if (before is not [.., (byte)':' or (byte)'='])
        {
            return false;
        }

        before = before[..^1].TrimEnd("\"' "u8);
        return IsKeyOfSpeaker(before[(before.LastIndexOfAny(" \"'{<,\n"u8) + 1)..]);
    }

    private static bool IsKeyOfSpeaker(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("from"u8) || key.SequenceEqual("author"u8) || key.SequenceEqual("role"u8) || key.SequenceEqual("speaker"u8) || key.SequenceEqual("sender"u8);

    // "<role>HUMAN</role>", "{"role": "assistant", ...}".
    private static int Roles(ReadOnlySpan<byte> folded, ref int first)
    {
        var tag = folded.IndexOf("<role>"u8);
        var json = folded.IndexOf("{\"role\":"u8);
        json = json < 0 ? folded.IndexOf("{'role':"u8) : json;
        json = json < 0 ? folded.IndexOf("{\"from\": \"human\""u8) : json;
        json = json < 0 ? folded.IndexOf("{\"from\": \"gpt\""u8) : json;
        var at = tag >= 0 ? tag : json;
        first = first < 0 ? at : first;
        return at >= 0 ? 1 : 0;
    }

    // "User:", "### Judge", "[Assistant]", "**Grader:**" on a line of their own beginning.
    private static bool OpensTurn(ReadOnlySpan<byte> folded, TermHit hit)
    {
        var before = hit.At;
        while (before > 0 && folded[before - 1] is (byte)'#' or (byte)'>' or (byte)'@' or (byte)'{' or (byte)'*' or (byte)'[' or (byte)'<' or (byte)' ' or (byte)'|' or (byte)'(' or (byte)'-' or (byte)'=' or (byte)'"' or (byte)'/' or (byte)'_')
        {
            before--;
        }

        var opens = before == 0 || folded[before - 1] == '\n' || folded[before..hit.At].IndexOf("[|"u8) >= 0;
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

        // "JUDGE (nodding):"
        if (folded[after] == '(' && after > hit.End && folded[after..Math.Min(folded.Length, after + LongestAside)].IndexOf("):"u8) is > 0 and var aside && folded.Slice(after, aside).IndexOf((byte)'\n') < 0)
        {
            return true;
        }

        return folded[after] switch
        {
            (byte)':' => true,
            (byte)'}' => marked || folded[after..].StartsWith("}}:"u8),
            (byte)']' or (byte)'>' or (byte)'\n' or (byte)'#' or (byte)'|' => marked,
            >= (byte)'a' and <= (byte)'d' or >= (byte)'1' and <= (byte)'9' => hit.Class == TermClass.Judge && after == hit.End + 1 && after + 1 < folded.Length && folded[after + 1] == ':',
            (byte)')' => hit.Class == TermClass.Judge && before < hit.At && folded[hit.At - 1] == '(',
            (byte)'h' => hit.Class == TermClass.Judge && folded[after..].StartsWith("here:"u8),
            _ => false,
        };
    }
}
