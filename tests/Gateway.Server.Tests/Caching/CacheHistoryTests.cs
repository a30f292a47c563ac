using System.Globalization;
using Gateway.Server.Caching;

namespace Gateway.Server.Tests.Caching;

/// <summary>Thousands of random requests to several gateways on one Redis under faults, restarts, expiry and drops: every score is the one of its key.</summary>
public sealed class CacheHistoryTests
{
    private const int Phases = 6;

    [Theory]
    [InlineData(RedisKind.Redis)]
    [InlineData(RedisKind.Garnet)]
    public async Task Score_RandomHistoryOfSeveralGateways_IsAlwaysThePureFunctionOfItsKey(RedisKind kind)
    {
        // A history that failed is asked again by its number, as far as threads repeat themselves.
        var seed = int.TryParse(Environment.GetEnvironmentVariable("GATEWAY_TEST_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"GATEWAY_TEST_SEED={seed}");
        await using var history = await CacheHistory.StartAsync(kind, seed);

        for (var phase = 0; phase < Phases; phase++)
        {
            await Task.WhenAll(history.RunAsync(phase, clients: 12, each: 50, faults: true), history.DisturbAsync(phase));
            await history.HealAsync();
            await Task.WhenAll(history.DropAsync(phase), history.RunAsync(Phases + phase, clients: 6, each: 20, faults: false));
            await history.RunAsync((2 * Phases) + phase, clients: 6, each: 20, faults: false);
        }

        // It was no empty exercise.
        double Sum(string counter) => history.Gateways.Sum(gateway => gateway.Counters[counter]);
        Assert.Equal(Phases * ((12 * 50) + (2 * 6 * 20)), history.Operations);
        Assert.True(history.FromStore > 1_000, $"{history.FromStore} stored scores");
        Assert.DoesNotContain(history.Gateways.SelectMany(gateway => gateway.Model.Seen), seen => seen.Response.StartsWith("never", StringComparison.Ordinal));
        foreach (var counter in (string[])["gateway.cache.hits{redis}", "gateway.cache.hits{process}", "gateway.cache.joined", "gateway.cache.failures{lookup}", "gateway.cache.rejected{generation}"])
        {
            Assert.True(Sum(counter) > 0, $"{counter} stayed 0");
        }
    }

    [Fact]
    public async Task Score_AskedForAfterADrop_DoesNotWaitForARunOfBefore()
    {
        await using var gateway = new CachingGateway("", ("Entries", 100));
        var (before, runs) = (new TaskCompletionSource(), 0);
        gateway.Model.Before = _ => Interlocked.Increment(ref runs) == 1 ? before.Task : Task.CompletedTask;

        var asked = gateway.AskAsync("x");
        await Eventually.TrueAsync(() => Volatile.Read(ref runs) == 1, "the first run has begun");
        gateway.Gateway.Services.GetRequiredService<Generations>().Begin(new CacheScope(CacheScopeKind.Model, gateway.Model.Name));

        Assert.Equal(0, await gateway.AskAsync("x").WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        before.SetResult();
        await asked;
        Assert.Equal(2, gateway.Model.Scored);
        Assert.Equal(1, await gateway.AskAsync("x"));
    }
}
