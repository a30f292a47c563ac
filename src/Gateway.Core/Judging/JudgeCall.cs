namespace Gateway.Core.Judging;

/// <summary>One question to a judge.</summary>
/// <param name="Messages">What it is sent.</param>
public sealed record JudgeCall(IReadOnlyList<JudgeMessage> Messages)
{
    /// <summary>Which response stands at each shown place.</summary>
    public IReadOnlyList<int> Shown { get; init; } = [];

    /// <summary>The names under which the responses are shown, in the shown order; empty where they have none.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    /// <summary>Which of a style's questions this is.</summary>
    public int Question { get; init; }

    /// <summary>The JSON schema of the answer, for engines that can hold a judge to one; null where the answer is no JSON.</summary>
    public string? Schema { get; init; }

    /// <summary>True where the log-probabilities of the answer's tokens are what is read.</summary>
    public bool ReadsProbabilities { get; init; }
}
