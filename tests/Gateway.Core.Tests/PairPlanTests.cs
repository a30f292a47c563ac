using CsCheck;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

/// <summary>Which responses a pairwise model compares, and that a swap of two is the same unit.</summary>
public sealed class PairPlanTests
{
    [Theory]
    [InlineData(2, Pairing.Default, 1)]
    [InlineData(8, Pairing.Default, 28)]
    [InlineData(9, Pairing.Default, 9)]
    [InlineData(9, Pairing.All, 36)]
    [InlineData(3, Pairing.Circular, 3)]
    [InlineData(2, Pairing.Circular, 1)]
    [InlineData(64, Pairing.All, 2016)]
    public void Split_Pairwise_MakesSoManyPairs(int responses, Pairing pairing, int pairs)
    {
        var plan = Plan(pairing, Names(responses));

        Assert.Equal(pairs, plan.Units.Count);
        Assert.Equal(pairs, plan.Pairs!.Count);
        Assert.Equal(pairs, plan.Pairs.Select(pair => (pair.A, pair.B)).Distinct().Count());
        Assert.All(plan.Pairs, pair => Assert.True(pair.A < pair.B));
    }

    [Fact]
    public void Split_Circular_ComparesEachTwice()
    {
        var plan = Plan(Pairing.Circular, Names(20));

        Assert.All(Enumerable.Range(0, 20), response => Assert.Equal(2, plan.Pairs!.Count(pair => pair.A == response || pair.B == response)));
    }

    [Fact]
    public void Split_AnyResponses_ShowsEachPairInOneOrderOnly() => Texts.Any.Array[2, 6].Sample(responses =>
    {
        var forth = Plan(Pairing.All, responses);
        var back = Plan(Pairing.All, [.. responses.Reverse()]);
        Assert.Equal(Shown(forth).Order(StringComparer.Ordinal), Shown(back).Order(StringComparer.Ordinal));
        for (var i = 0; i < forth.Units.Count; i++)
        {
            var pair = forth.Pairs![i];
            var unit = Assert.IsType<ItemBody.Conversation>(forth.Units[i].Body).Responses.Select(response => response.ToString());
            Assert.Equal(pair.IsSwapped ? [responses[pair.B], responses[pair.A]] : [responses[pair.A], responses[pair.B]], unit);
        }
    });

    [Fact]
    public void Split_OneResponse_IsRefusedWithItsPlace()
    {
        var fault = Assert.Throws<GatewayException>(() => ItemPlan.Split([Texts.Conversation([], "a", "b"), Texts.Conversation([], "a")], Granularity.Pairwise));

        Assert.Equal((ErrorKind.InvalidRequest, "items[1]: a pairwise model compares responses; send two or more."), (fault.Kind, fault.Message));
    }

    [Fact]
    public void Split_AllOfFarTooMany_IsRefused() => Assert.Throws<GatewayException>(() => Plan(Pairing.All, Names(65)));

    private static IEnumerable<string> Shown(ItemPlan plan) =>
        plan.Units.Select(unit => string.Join('|', Assert.IsType<ItemBody.Conversation>(unit.Body).Responses.Select(response => response.ToString())));

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(i => $"response {i}")];

    private static ItemPlan Plan(Pairing pairing, string[] responses) => ItemPlan.Split([Texts.Conversation([Texts.User("q")], responses)], Granularity.Pairwise, pairing);
}
