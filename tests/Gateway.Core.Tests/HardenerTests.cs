using Gateway.Core.Hardening;
using Gateway.Core.Hardening.Rules;
using Gateway.Core.Scoring;
using static Gateway.Core.Hardening.HardeningScope;

namespace Gateway.Core.Tests;

public sealed class HardenerTests
{
    private static readonly ChatTemplate ChatMl = ChatTemplatePresets.Find("chatml")!;

    [Fact]
    public void Constructor_SameNameTwice_RefusesAndNamesIt()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new Hardener([new NamedRule("a", 1), new NamedRule("b", 1), new NamedRule("a", 2)]));

        Assert.Contains("'a'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PolicyDigest_OtherVersionOrRule_Changes()
    {
        var digests = ((Hardener[])
        [
            new([]),
            new([new NamedRule("a", 1)]),
            new([new NamedRule("a", 2)]),
            new([new NamedRule("a", 1), new NamedRule("b", 1)]),
            new([new NamedRule("a", 1), new NamedRule("b", 11)]),
        ]).Select(hardener => hardener.PolicyDigest).ToArray();

        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    [Fact]
    public void PolicyDigest_OtherOrderOfRules_IsTheSame() =>
        Assert.Equal(
            new Hardener([new NamedRule("a", 1), new NamedRule("b", 2)]).PolicyDigest,
            new Hardener([new NamedRule("b", 2), new NamedRule("a", 1)]).PolicyDigest);

    [Fact]
    public void Harden_Conversation_ShowsEveryFieldToTheRules()
    {
        var rule = new NamedRule("a", 1);
        var item = Texts.Conversation([Texts.System("s"), Texts.User("u"), Texts.Assistant("a"), new Message("tool", new Utf8Text("t"))], "r1", "r2");
        new Hardener([rule]).Harden(item, template: null);

        Assert.Equal(
            [("responses[0]", "r1", Responses), ("responses[1]", "r2", Responses), ("messages[0]", "s", Everything), ("messages[1]", "u", Everything), ("messages[2]", "a", Untrusted), ("messages[3]", "t", Untrusted)],
            rule.Seen);
    }

    [Fact]
    public void Harden_UnknownRole_IsUntrusted()
    {
        var rule = new NamedRule("a", 1);
        new Hardener([rule]).Harden(Texts.Conversation([new Message("User", new Utf8Text("x"))], "r"), template: null);

        Assert.Equal(("messages[0]", "x", Untrusted), rule.Seen[1]);
    }

    [Theory]
    [InlineData("<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\nr<|im_end|>\n", null)]
    [InlineData("<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\nr", null)]
    [InlineData("<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\nr<|im_end|>\n", "<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n")]
    public void Harden_Templated_ShowsTheResponseOnly(string text, string? prompt)
    {
        var rule = new NamedRule("a", 1);
        new Hardener([rule]).Harden(new ScoreItem(Texts.Templated(text, prompt)), ChatMl);

        Assert.Equal([("response", "r", Responses)], rule.Seen);
    }

    [Fact]
    public void Harden_TemplatedWithoutJudgedTurn_IsObservedOnly()
    {
        var hardened = new Hardener([new ControlTokenRule()]).Harden(new ScoreItem(Texts.Templated("<|im_start|>user\nq<|im_end|>\n", null)), ChatMl);

        Assert.Equal(
            [("text", 0, FindingAction.Observed), ("text", 18, FindingAction.Observed)],
            hardened.Findings.Select(finding => (finding.Field, finding.At, finding.Action)));
    }

    [Fact]
    public void Harden_ItemAndFindings_AreKept()
    {
        var hardener = new Hardener([new NamedRule("a", 1)]);
        var item = Texts.Conversation([], "r");
        var hardened = hardener.Harden(item, template: null);

        Assert.Same(item, hardened.Item);
        Assert.Equal(hardener.PolicyDigest, hardened.PolicyDigest);
        Assert.Equal([new HardeningFinding("a", HardeningSeverity.Low, FindingAction.Observed, "response", 0, "seen")], hardened.Findings);
    }

    [Fact]
    public void Harden_TokenIds_HasNoText()
    {
        var rule = new NamedRule("a", 1);

        Assert.Empty(new Hardener([rule]).Harden(new ScoreItem(new ItemBody.TokenIds([1, 2])), ChatMl).Findings);
        Assert.Empty(rule.Seen);
    }

    private sealed class NamedRule(string name, int version) : IHardeningRule
    {
        public List<(string Field, string Text, HardeningScope Scope)> Seen { get; } = [];

        public string Name => name;

        public int Version => version;

        public HardeningScope Scope => Everything;

        public RuleActions Default => RuleActions.Always(HardeningAction.Observe);

        public RuleActions Strict => RuleActions.Always(HardeningAction.Observe);

        public void Inspect(in HardeningField field, FindingList findings)
        {
            Seen.Add((field.Name, System.Text.Encoding.UTF8.GetString(field.Text), field.Scope));
            findings.Add(field, HardeningSeverity.Low, 0, "seen");
        }
    }
}
