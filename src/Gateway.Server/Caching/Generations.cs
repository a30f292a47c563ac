using System.Collections.Concurrent;

namespace Gateway.Server.Caching;

/// <summary>
/// Which stored scores are in force: a score is one where no later generation of its model or its revision is known. A generation is the time of a
/// drop in milliseconds since 1970, so the highest wins, whoever says it, and one that Redis lost is put back by whoever knows it.
/// </summary>
internal sealed class Generations(TimeProvider clock)
{
    // Clocks of replicas differ by less; what is further ahead was not made by one, and would leave no room for the next drop.
    private static readonly TimeSpan MostAhead = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, long> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _revisions = new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<CacheScope, bool> _heard = [];

    /// <summary>The generation in force for a model's scores.</summary>
    public long Of(string model, string revision) => Math.Max(_models.GetValueOrDefault(model), _revisions.GetValueOrDefault(revision));

    /// <summary>What is known of one scope.</summary>
    public long Of(CacheScope scope) => Known(scope).GetValueOrDefault(scope.Name);

    /// <summary>Everything that was ever dropped, as far as this process knows.</summary>
    public IEnumerable<CacheScope> Scopes => [
        .. _models.Keys.Select(name => new CacheScope(CacheScopeKind.Model, name)),
        .. _revisions.Keys.Select(name => new CacheScope(CacheScopeKind.Revision, name))];

    /// <summary>Begins a new generation of one scope.</summary>
    public long Begin(CacheScope scope)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return Known(scope).AddOrUpdate(scope.Name, now, (_, known) => Math.Max(known + 1, now));
    }

    /// <summary>Whether Redis ever said what is in force in this scope: if not, no value of it can be told from a dropped one.</summary>
    public bool WasHeard(CacheScope scope) => _heard.ContainsKey(scope);

    /// <summary>Redis, or another replica by way of it, says that this generation is in force.</summary>
    public void Learn(CacheScope scope, long generation)
    {
        _heard.TryAdd(scope, true);
        // Zero is what an absent key means.
        if (generation > 0 && generation > Of(scope) && generation <= (clock.GetUtcNow() + MostAhead).ToUnixTimeMilliseconds())
        {
            Known(scope).AddOrUpdate(scope.Name, generation, (_, known) => Math.Max(known, generation));
        }
    }

    private ConcurrentDictionary<string, long> Known(CacheScope scope) => scope.Kind == CacheScopeKind.Model ? _models : _revisions;
}
