using System.Text;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Caching;

/// <summary>
/// The scores and findings within a <see cref="ScorePayload"/>. Both are taken apart by position, so that a new part breaks the build here until it
/// is stored or waived.
/// </summary>
internal static class PayloadScores
{
    private const int PerScore = sizeof(double) + sizeof(int) + 1;
    private const int PerFinding = 2 + sizeof(int) + (3 * sizeof(ushort));
    private const byte TruncatedFlag = 1;
    private const byte StepsFlag = 2;
    private const byte JudgementFlag = 4;

    /// <summary>How many bytes these take.</summary>
    public static int Size(CachedScores scores)
    {
        var size = 1 + sizeof(int);
        for (var i = 0; i < scores.Findings.Count; i++)
        {
            var (rule, _, _, field, _, detail) = scores.Findings[i];
            size += PerFinding + Encoding.UTF8.GetByteCount(rule) + Encoding.UTF8.GetByteCount(field) + Encoding.UTF8.GetByteCount(detail);
        }

        for (var i = 0; i < scores.Results.Count; i++)
        {
            var score = scores.Results[i].Score!;
            size += PerScore + (score.Steps is { } steps ? sizeof(int) + (steps.Count * sizeof(double)) : 0)
                + (score.Judgement is { } judgement ? PayloadJudgement.Size(judgement) : 0);
        }

        return size;
    }

    /// <summary>Writes them.</summary>
    public static void Write(ref PayloadWriter payload, CachedScores scores)
    {
        payload.Write((byte)scores.Findings.Count);
        for (var i = 0; i < scores.Findings.Count; i++)
        {
            var (rule, severity, action, field, at, detail) = scores.Findings[i];
            payload.Write((byte)severity);
            payload.Write((byte)action);
            payload.Write(at);
            payload.Write(rule);
            payload.Write(field);
            payload.Write(detail);
        }

        payload.Write(scores.Results.Count);
        for (var i = 0; i < scores.Results.Count; i++)
        {
            // Times are those of the run; a stored score took none, and none that is provisional is stored.
            var (value, tokens, truncated, _, steps, _, judgement) = scores.Results[i].Score!;
            payload.Write(value);
            payload.Write(tokens);
            payload.Write((byte)((truncated ? TruncatedFlag : 0) | (steps is null ? 0 : StepsFlag) | (judgement is null ? 0 : JudgementFlag)));
            if (steps is not null)
            {
                payload.Write(steps.Count);
                foreach (var step in steps)
                {
                    payload.Write(step);
                }
            }

            if (judgement is not null)
            {
                PayloadJudgement.Write(ref payload, judgement);
            }
        }
    }

    /// <summary>Reads what was found.</summary>
    public static PayloadFault TryReadFindings(ref PayloadReader payload, out HardeningFinding[] findings)
    {
        findings = [];
        if (!payload.TryRead(out byte count))
        {
            return PayloadFault.Torn;
        }

        var read = count == 0 ? [] : new HardeningFinding[Math.Min(count, (byte)FindingList.Capacity)];
        if (count > read.Length)
        {
            return PayloadFault.Finding;
        }

        for (var i = 0; i < read.Length; i++)
        {
            if (!payload.TryRead(out byte severity) || !payload.TryRead(out byte action) || !payload.TryRead(out int at)
                || !payload.TryRead(out string rule) || !payload.TryRead(out string field) || !payload.TryRead(out string detail))
            {
                return PayloadFault.Torn;
            }

            // What is floored or rejected has no score that could be stored.
            if (severity > (byte)HardeningSeverity.High || action > (byte)FindingAction.Neutralised || at < 0)
            {
                return PayloadFault.Finding;
            }

            read[i] = new HardeningFinding(rule, (HardeningSeverity)severity, (FindingAction)action, field, at, detail);
        }

        findings = read;
        return PayloadFault.None;
    }

    /// <summary>Reads so many scores.</summary>
    public static PayloadFault TryRead(ref PayloadReader payload, int responses, out ScoreResult[] results)
    {
        results = [];
        if (!payload.TryRead(out int count))
        {
            return PayloadFault.Torn;
        }

        if (count != responses)
        {
            return PayloadFault.Count;
        }

        var read = new ScoreResult[count];
        for (var i = 0; i < count; i++)
        {
            var fault = TryRead(ref payload, out read[i]);
            if (fault != PayloadFault.None)
            {
                return fault;
            }
        }

        results = read;
        return PayloadFault.None;
    }

    private static PayloadFault TryRead(ref PayloadReader payload, out ScoreResult result)
    {
        result = null!;
        if (!payload.TryRead(out double value) || !payload.TryRead(out int tokens) || !payload.TryRead(out byte flags))
        {
            return PayloadFault.Torn;
        }

        if (!double.IsFinite(value) || tokens < 0 || flags > (TruncatedFlag | StepsFlag | JudgementFlag))
        {
            return PayloadFault.Number;
        }

        double[]? steps = null;
        if ((flags & StepsFlag) != 0 && TryReadSteps(ref payload, out steps) is var fault && fault != PayloadFault.None)
        {
            return fault;
        }

        Judgement? judgement = null;
        if ((flags & JudgementFlag) != 0 && PayloadJudgement.TryRead(ref payload, out judgement) is var wrong && wrong != PayloadFault.None)
        {
            return wrong;
        }

        result = new Score(value, tokens, (flags & TruncatedFlag) != 0, Timings: default, steps, Judgement: judgement);
        return PayloadFault.None;
    }

    private static PayloadFault TryReadSteps(ref PayloadReader payload, out double[]? steps)
    {
        steps = null;
        if (!payload.TryRead(out int count) || count < 0 || count > payload.Left / sizeof(double))
        {
            return PayloadFault.Torn;
        }

        steps = new double[count];
        for (var i = 0; i < count; i++)
        {
            if (!payload.TryRead(out steps[i]) || !double.IsFinite(steps[i]))
            {
                return PayloadFault.Number;
            }
        }

        return PayloadFault.None;
    }
}
