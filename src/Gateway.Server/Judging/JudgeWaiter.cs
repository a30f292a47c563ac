using Gateway.Core.Scoring;

namespace Gateway.Server.Judging;

/// <summary>A call that waits for its permit.</summary>
/// <param name="party">Whose it is.</param>
/// <param name="tokens">What it reserves.</param>
/// <param name="since">Since when it waits.</param>
/// <param name="deadline">Until when somebody waits for it; null: as long as it takes.</param>
internal sealed class JudgeWaiter(string party, long tokens, TimeSpan since, Deadline? deadline)
    : TaskCompletionSource<JudgePermit>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private static readonly TimeSpan LongestPatience = TimeSpan.FromDays(365);

    /// <summary>Whose it is.</summary>
    public string Party => party;

    /// <summary>What it reserves.</summary>
    public long Tokens => tokens;

    /// <summary>Since when it waits.</summary>
    public TimeSpan Since => since;

    /// <summary>When to ask again whether anybody waits, on the limits' clock; null: never.</summary>
    public TimeSpan? Until { get; private set; }

    /// <summary>Which one it is, in the order of coming.</summary>
    public long Number { get; set; }

    /// <summary>Its place in its party's line; null where it waits no more.</summary>
    public LinkedListNode<JudgeWaiter>? Place { get; set; }

    /// <summary>How long somebody still waits; null: as long as it takes. It grows where another joins, so it is read when it matters.</summary>
    public TimeSpan? Left => deadline?.Left is { } left && left < LongestPatience ? left : null;

    /// <summary>Notes until when somebody waits as things stand.</summary>
    public void Note(TimeSpan now) => Until = now + Left;
}
