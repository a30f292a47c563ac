using Gateway.Server.Caching;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Caching;

public class GenerationsTests
{
    private static readonly CacheScope Scope = new(CacheScopeKind.Model, "m");

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 1)]
    [InlineData(-1)]
    public void Learn_WhatNoClockSaid_IsNotBelieved(long generation)
    {
        var generations = new Generations(new FakeTimeProvider());

        generations.Learn(Scope, generation);

        Assert.Equal(0, generations.Of(Scope));
    }

    [Fact]
    public void Begin_AfterAGenerationOfAClockAhead_IsLaterStill()
    {
        var clock = new FakeTimeProvider();
        var generations = new Generations(clock);
        var ahead = clock.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds();

        generations.Learn(Scope, ahead);

        Assert.Equal(ahead + 1, generations.Begin(Scope));
    }
}
