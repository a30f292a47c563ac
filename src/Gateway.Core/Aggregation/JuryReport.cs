namespace Gateway.Core.Aggregation;

/// <summary>How the jurors of a jury voted on one response.</summary>
/// <param name="Welfare">How their scores became one.</param>
/// <param name="Disagreement">The population standard deviation of the z-scores of those who gave a score; null without calibration, or of fewer than two.</param>
/// <param name="IsAlarm">True where that is beyond what the jury declares as alarming.</param>
/// <param name="Jurors">Every juror, in the order of the manifest.</param>
public sealed record JuryReport(Welfare Welfare, double? Disagreement, bool IsAlarm, IReadOnlyList<JurorScore> Jurors)
{
    /// <summary>The report on these jurors.</summary>
    public static JuryReport Of(JuryRule rule, IReadOnlyList<JurorScore> jurors)
    {
        JurorScore[] heard = [.. jurors.Where(juror => juror.Value is not null)];
        double? disagreement = heard.Length > 1 && Array.TrueForAll(heard, juror => juror.Juror.Calibration is not null)
            ? Spread.Deviation([.. heard.Select(juror => juror.Juror.Calibration!.Value.Standardised(juror.Result!.Score!.Value)).Order()])
            : null;
        return new JuryReport(rule.Welfare, disagreement, disagreement > rule.Alarm, jurors);
    }
}
