using CsCheck;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

public sealed class ItemPlanTests
{
    // Each response is its own name, so that a result can be told by the response it is for.
    private static readonly Gen<ScoreItem[]> Items = Gen.Int[-2, 6].Array[0, 8].Select(shapes => shapes.Select(Item).ToArray());

    [Theory]
    [InlineData(Granularity.Pointwise)]
    [InlineData(Granularity.Listwise)]
    public void Join_ResultsOfUnits_AreInTheClientsOrder(Granularity granularity) =>
        Items.Sample(items =>
        {
            var plan = ItemPlan.Split(items, granularity);
            var joined = plan.Join([.. plan.Units.Select(unit => ResponsesOf(unit).Select(Result).ToArray())]);
            Assert.Equal(items.Select(item => ResponsesOf(item).ToArray()), joined.Select(results => results.Select(NameOf).ToArray()));
        });

    [Fact]
    public void Split_Pointwise_PutsOneResponseInEachUnit() =>
        Items.Sample(items => ItemPlan.Split(items, Granularity.Pointwise).Units.All(unit => unit.Body.ResponseCount == 1));

    [Fact]
    public void Split_Pointwise_KeepsThePrompt()
    {
        var prompt = (Message[])[Texts.System("s"), Texts.User("u")];
        var plan = ItemPlan.Split([Texts.Conversation(prompt, "a", "b")], Granularity.Pointwise);

        Assert.All(plan.Units, unit => Assert.Same(prompt, Assert.IsType<ItemBody.Conversation>(unit.Body).Prompt));
    }

    [Fact]
    public void Split_Listwise_KeepsTheItems()
    {
        var items = (ScoreItem[])[Texts.Conversation([], "a", "b"), new(Texts.Templated("t"))];

        Assert.Equal(items, ItemPlan.Split(items, Granularity.Listwise).Units);
    }

    [Fact]
    public void Split_NoItems_HasNoUnitsAndJoinsToNothing()
    {
        var plan = ItemPlan.Split([], Granularity.Pointwise);

        Assert.Empty(plan.Units);
        Assert.Empty(plan.Join<ScoreResult>([]));
    }

    [Fact]
    public void Join_ItemWithoutResponses_HasNoResults()
    {
        var plan = ItemPlan.Split([Texts.Conversation([], "a"), Texts.Conversation([]), Texts.Conversation([], "b")], Granularity.Pointwise);
        var joined = plan.Join<ScoreResult>([[Result("a")], [Result("b")]]);

        Assert.Equal([1, 0, 1], joined.Select(results => results.Count));
        Assert.Equal("b", NameOf(joined[2][0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void Join_WrongCount_Throws(int count)
    {
        var plan = ItemPlan.Split([Texts.Conversation([], "a", "b"), Texts.Conversation([], "c")], Granularity.Pointwise);

        Assert.Throws<ArgumentException>(() => plan.Join([.. Enumerable.Repeat((ScoreResult[])[Result("x")], count)]));
    }

    [Theory]
    [InlineData(Granularity.Pointwise, 0)]
    [InlineData(Granularity.Pointwise, 2)]
    [InlineData(Granularity.Listwise, 0)]
    [InlineData(Granularity.Listwise, 2)]
    public void Join_WrongCountOfOneUnit_Throws(Granularity granularity, int count)
    {
        var plan = ItemPlan.Split([Texts.Conversation([], "a"), Texts.Conversation([], "b")], granularity);

        Assert.Throws<ArgumentException>(() => plan.Join<ScoreResult>([[Result("a")], [.. Enumerable.Repeat(Result("b"), count)]]));
    }

    [Fact]
    public void Split_UnknownGranularity_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ItemPlan.Split([], (Granularity)99));

    private static ScoreItem Item(int shape, int index) => shape switch
    {
        -2 => new ScoreItem(Texts.Templated($"{index}")),
        -1 => new ScoreItem(new ItemBody.TokenIds([index])),
        _ => Texts.Conversation([Texts.User("?")], [.. Enumerable.Range(0, shape).Select(response => $"{index}/{response}")]),
    };

    private static IEnumerable<string> ResponsesOf(ScoreItem item) => item.Body switch
    {
        ItemBody.Conversation conversation => conversation.Responses.Select(response => response.ToString()),
        ItemBody.Templated templated => [templated.Text.ToString()],
        ItemBody.TokenIds tokens => [$"ids {tokens.Ids[0]}"],
        _ => throw new InvalidOperationException(),
    };

    private static ScoreResult Result(string name) => ScoreResult.Failed(ErrorKind.ModelFailed, name);

    private static string NameOf(ScoreResult result) => result.Failure!.Message;
}
