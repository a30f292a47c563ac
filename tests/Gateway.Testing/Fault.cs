namespace Gateway.Testing;

/// <summary>How a <see cref="FaultProxy"/> treats what passes through it.</summary>
public abstract record Fault
{
    private Fault()
    {
    }

    /// <summary>Nothing is wrong.</summary>
    public static Fault None { get; } = new Pass();

    /// <summary>Connections are accepted and read, and nothing is ever passed on: a host behind a firewall that drops. They are reset when it ends.</summary>
    public static Fault Blackhole { get; } = new Swallow();

    /// <summary>Requests arrive and replies are kept until the fault ends, when they come all at once.</summary>
    public static Fault HoldReplies { get; } = new Wait(cancellation => Task.Delay(Timeout.InfiniteTimeSpan, cancellation));

    /// <summary>Every connection is reset, the open ones now and new ones at once.</summary>
    public static Fault Reset { get; } = new Break(Listens: true);

    /// <summary>Nobody listens on the port, and open connections are reset: a server that is down.</summary>
    public static Fault Refuse { get; } = new Break(Listens: false);

    /// <summary>The next reply is given in the place of the one before it, where both are outstanding and of one RESP type.</summary>
    public static Fault SwapReplies { get; } = new Swap();

    /// <summary>Replies come this much later; those that arrive together wait once.</summary>
    public static Fault Delay(TimeSpan delay, TimeProvider clock) => new Wait(cancellation => Task.Delay(delay, clock, cancellation));

    /// <summary>Replies wait for a signal; it is given the token that the end of the fault cancels.</summary>
    public static Fault DelayUntil(Func<CancellationToken, Task> signal) => new Wait(signal);

    /// <summary>Each connection passes this many more bytes of replies and is then closed, in the middle of one.</summary>
    public static Fault CutAfter(int bytes) => new Cut(bytes);

    /// <summary>Replies (whole RESP replies, or else what one read gave) are replaced; what is given may be changed in place and returned.</summary>
    public static Fault Rewrite(Func<byte[], byte[]> rewritten) => new Replace(rewritten);

    internal sealed record Pass : Fault;

    internal sealed record Swallow : Fault;

    internal sealed record Wait(Func<CancellationToken, Task> Signal) : Fault;

    internal sealed record Break(bool Listens) : Fault;

    internal sealed record Swap : Fault;

    internal sealed record Cut(int Bytes) : Fault;

    internal sealed record Replace(Func<byte[], byte[]> Rewritten) : Fault;
}
