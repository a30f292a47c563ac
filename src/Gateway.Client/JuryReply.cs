namespace Gateway.Client;

/// <summary>How the jurors of a jury voted on one response.</summary>
/// <param name="Welfare">How their scores became one: <c>mean</c>, <c>min</c> or <c>nash</c>.</param>
/// <param name="Disagreement">The standard deviation of the z-scores of those who gave a score; null where they are not calibrated.</param>
/// <param name="Alarm">True where that is beyond what the jury declares as alarming.</param>
/// <param name="Jurors">Every juror.</param>
public sealed record JuryReply(string Welfare, double? Disagreement, bool Alarm, IReadOnlyList<JurorReply> Jurors);

/// <summary>What one juror said.</summary>
/// <param name="Name">Its name in the jury.</param>
/// <param name="Model">The served model that it is.</param>
/// <param name="Weight">How much it counts.</param>
/// <param name="Status"><c>ok</c>, <c>undecided</c>, <c>failed</c>, or <c>unheard</c> where the jury could not be decided any more before it answered.</param>
/// <param name="Score">Its raw score; null where it gave none.</param>
/// <param name="Value">What that counts as on the jury's scale, or as a z-score; null where it gave none that counts.</param>
/// <param name="Cached">True where a stored score answered.</param>
/// <param name="Critique">Its words.</param>
/// <param name="Note">What else a reader should know, such as why it is undecided.</param>
/// <param name="Error">Why it failed.</param>
public sealed record JurorReply(
    string Name, string Model, double Weight, string Status, double? Score, double? Value, bool Cached, string? Critique, string? Note, ErrorReply? Error);
