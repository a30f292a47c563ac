namespace Gateway.Server.Judging;

/// <summary>A call that waits for its permit.</summary>
/// <param name="party">Whose it is.</param>
/// <param name="tokens">What it reserves.</param>
/// <param name="since">Since when it waits.</param>
/// <param name="patience">How long it waits; null: as long as it takes.</param>
internal sealed class JudgeWaiter(string party, long tokens, TimeSpan since, TimeSpan? patience)
    : TaskCompletionSource<JudgePermit>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>Whose it is.</summary>
    public string Party => party;

    /// <summary>What it reserves.</summary>
    public long Tokens => tokens;

    /// <summary>Since when it waits.</summary>
    public TimeSpan Since => since;

    /// <summary>How long it waits.</summary>
    public TimeSpan? Patience => patience;

    /// <summary>Until when it waits; null: as long as it takes.</summary>
    public TimeSpan? Deadline => since + patience;

    /// <summary>Which one it is, in the order of coming.</summary>
    public long Number { get; set; }

    /// <summary>Its place in its party's line; null where it waits no more.</summary>
    public LinkedListNode<JudgeWaiter>? Place { get; set; }
}
