using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>What one request asks of each server of Redis, and what each server's breaker is told at the end: one good word, or one bad.</summary>
internal sealed class NodeCalls(RedisHealth health)
{
    private readonly List<Call> _calls = [];

    /// <summary>Asks a server for values, unless it is left alone.</summary>
    public Asked Ask(RedisNode node, RedisLookup lookup, RedisKey[] names)
    {
        var call = Of(node);
        return new Asked(call, call.Asks ? GetAsync(lookup, names) : null);
    }

    /// <summary>Takes what was asked once it is there; what fails is kept for <see cref="End"/>.</summary>
    public async Task TakeAsync(Asked asked, Action<RedisValue[]> take)
    {
        if (asked.Values is null)
        {
            return;
        }

        try
        {
            take(await asked.Values);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it is: scoring does not depend on Redis.
            asked.Call.Fault ??= e;
        }
    }

    /// <summary>Tells every server's breaker how it went; false where none was asked.</summary>
    public bool End()
    {
        var any = false;
        foreach (var call in _calls)
        {
            if (call.Asks && call.Fault is null)
            {
                call.Node.Lookups.Succeeded(call.Pass);
            }
            else if (call.Asks)
            {
                health.LookupFailed(call.Node, call.Pass, call.Fault!);
            }

            any |= call.Asks;
        }

        return any;
    }

    // Not on this thread's account: a request that cannot be sent throws here.
    private async Task<RedisValue[]> GetAsync(RedisLookup lookup, RedisKey[] names) =>
        await health.InTimeAsync(lookup.Database.StringGetAsync(names), lookup.Started, lookup.Cancellation);

    private Call Of(RedisNode node)
    {
        foreach (var known in _calls)
        {
            if (known.Node == node)
            {
                return known;
            }
        }

        var asks = node.Lookups.TryEnter(out var pass);
        var call = new Call(node, asks, pass);
        _calls.Add(call);
        return call;
    }

    /// <summary>One server, in one request.</summary>
    /// <param name="node">The server.</param>
    /// <param name="asks">False where it is left alone.</param>
    /// <param name="pass">Its breaker's pass.</param>
    internal sealed class Call(RedisNode node, bool asks, int pass)
    {
        /// <summary>The server.</summary>
        public RedisNode Node => node;

        /// <summary>False where it is left alone.</summary>
        public bool Asks => asks;

        /// <summary>Its breaker's pass.</summary>
        public int Pass => pass;

        /// <summary>What went wrong first.</summary>
        public Exception? Fault { get; set; }
    }

    /// <summary>Values on their way.</summary>
    /// <param name="Call">Of which server.</param>
    /// <param name="Values">Null where it is left alone.</param>
    internal readonly record struct Asked(Call Call, Task<RedisValue[]>? Values);
}
