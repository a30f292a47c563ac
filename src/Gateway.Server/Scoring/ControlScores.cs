using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>What the control answers of a request got.</summary>
/// <param name="plan">How they are used.</param>
/// <param name="items">The request's items.</param>
/// <param name="units">Which control checks what.</param>
/// <param name="folded">Their results; null where none could be had.</param>
/// <param name="fault">Why none could be had.</param>
internal sealed class ControlScores(ControlPlan plan, IReadOnlyList<ScoreItem> items, ControlUnits units, FoldedUnits? folded, Failure? fault)
{
    /// <summary>How they are used.</summary>
    public ControlPlan Plan => plan;

    /// <summary>What asking took.</summary>
    public ControlTotals Totals { get; } = ControlTotals.Of(units, folded);

    /// <summary>How a response with this score did; null where it has no score to be checked, or one that no control says anything of.</summary>
    public ControlCheck? Check(int item, int response, ScoreResult result)
    {
        if (result.Score is not { } score || plan.Entry.Model.IsPlainlyRight(items[item], response))
        {
            return null;
        }

        var trials = units.Of(item, response);
        var bar = plan.BarFor(items[item].Guidance);
        var answers = new ControlAnswer[trials.Count];
        var (lost, unknown) = (false, trials.Count == 0);
        for (var i = 0; i < answers.Length; i++)
        {
            answers[i] = AnswerOf(trials[i]);
            var own = trials[i].OfResponse is { } place ? ResultAt(trials[i].Unit, place) : score;
            lost |= Loses(own, answers[i].Result, bar);
            unknown |= answers[i].Result is { IsScore: false, Undecided: null } || (answers[i].Result.Undecided is not null && trials[i].OfResponse is null);
        }

        return new ControlCheck(lost ? ControlOutcome.NotCleared : unknown ? ControlOutcome.Unchecked : ControlOutcome.Cleared, plan.Set.Name, bar.Margin, answers);
    }

    // A judge that cannot decide between a response and a control finds it no better.
    private static bool Loses(ScoreResult own, ScoreResult control, ControlBar bar) => (own.Score, control.Score) switch
    {
        ({ } response, { } rival) => !bar.IsCleared(response.Value, rival.Value),
        (null, null) => own.Undecided is not null,
        _ => false,
    };

    private ControlAnswer AnswerOf(ControlTrial trial) =>
        new(trial.Answer, ResultAt(trial.Unit, trial.OfControl), folded?.Distinct.IsCached(folded.Places[trial.Unit]) ?? false);

    private ScoreResult ResultAt(int unit, int response) => folded is null ? fault! : folded.Distinct.Scored(folded.Places[unit])[response].Result;
}

/// <summary>What the controls of a request took.</summary>
/// <param name="Scores">How many different ones were used.</param>
/// <param name="Cached">Of these, how many were stored.</param>
/// <param name="Failed">Of these, how many have no score.</param>
/// <param name="Tokens">Tokens read for those that were not stored.</param>
/// <param name="Usage">What judges took for those that were not stored.</param>
internal sealed record ControlTotals(int Scores, int Cached, int Failed, long Tokens, JudgeUsage Usage)
{
    /// <summary>Counts.</summary>
    public static ControlTotals Of(ControlUnits units, FoldedUnits? folded)
    {
        if (folded is null)
        {
            return new ControlTotals(units.Units.Count, 0, units.Units.Count, 0, default);
        }

        var (cached, failed, tokens, usage) = (0, 0, 0L, default(JudgeUsage));
        var distinct = folded.Distinct;
        for (var unit = 0; unit < distinct.Items.Count; unit++)
        {
            cached += distinct.IsCached(unit) ? 1 : 0;
            failed += distinct.Scored(unit).Any(response => response.Result.IsFailure) ? 1 : 0;
            if (!distinct.IsCached(unit))
            {
                // Of a comparison the first side says what it took.
                tokens += distinct.Scored(unit)[0].Result.Score?.Tokens ?? 0;
                usage += distinct.Scored(unit)[0].Result.Judgement?.Usage ?? default;
            }
        }

        return new ControlTotals(distinct.Items.Count, cached, failed, tokens, usage);
    }
}
