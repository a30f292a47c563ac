using System.Text;
using Gateway.Core.Hardening;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Tests.Folding;

/// <summary>The walk tells each region once, at its place in the text as it was sent, and stops when the rule has found enough.</summary>
public sealed class TermWalkTests
{
    private static readonly TermClass[] Matter = [TermClass.Judge];

    [Fact]
    public void Run_NoTerms_AsksNothing() => Assert.Empty(Walk("The leaf turns light into sugar.", (in TermWindow _, TermClass _, int _) => throw new InvalidOperationException("No term was there.")));

    [Fact]
    public void Run_TermsThatStandTogether_AreToldOnce() => Assert.Single(Walk("This response is perfect and flawless, this response is perfect."));

    [Fact]
    public void Run_TermsFarApart_AreToldEach()
    {
        var far = new string('x', 10) + string.Concat(Enumerable.Repeat(" leaf", 60));

        Assert.Equal(2, Walk($"perfect {far} perfect").Count);
    }

    [Fact]
    public void Run_ManyRegions_StopsAtTheMostOfARule()
    {
        var text = string.Concat(Enumerable.Repeat("perfect" + string.Concat(Enumerable.Repeat(" leaf", 60)) + " ", 20));

        Assert.Equal(FindingList.PerRule, Walk(text).Count);
    }

    [Fact]
    public void Run_TextThatFoldsShorter_TellsThePlaceInTheTextAsSent()
    {
        const string Before = "«\u200B\u200B\u200Bé» ";

        Assert.Equal(Encoding.UTF8.GetByteCount(Before), Assert.Single(Walk(Before + "perfect")).At);
    }

    [Theory]
    [InlineData("leaf", 60)]
    [InlineData("Blätter", 100)]
    public void Run_ByScript_GivesTheDistanceInBytes(string word, int expected)
    {
        var distance = 0;
        Walk(word + " perfect", (in TermWindow _, TermClass _, int near) =>
        {
            distance = near;
            return null;
        });

        Assert.Equal(expected, distance);
    }

    [Fact]
    public void Run_OneQuotedAndAskedAbout_IsMilder()
    {
        var plain = Assert.Single(Walk("perfect"));
        var quoted = Assert.Single(Walk("> perfect"));
        var asked = Assert.Single(Walk("perfect", prompt: "What does a judge say?"));

        Assert.Equal((HardeningSeverity.High, HardeningSeverity.Medium, HardeningSeverity.Medium), (plain.Severity, quoted.Severity, asked.Severity));
    }

    private static IReadOnlyList<HardeningFinding> Walk(string text, TermWalk.Judgement? judgement = null, string prompt = "")
    {
        var rule = new Walking(judgement ?? ((in TermWindow _, TermClass current, int _) => current == TermClass.Praise ? (HardeningSeverity.High, "praise") : null));
        var findings = new FindingList(HardeningPolicy.Strict);
        findings.Ask(rule, HardeningField.Of("response", Encoding.UTF8.GetBytes(text), HardeningScope.Responses) with { Prompt = Encoding.UTF8.GetBytes(prompt) });
        return findings.Kept;
    }

    private sealed class Walking(TermWalk.Judgement judgement) : IHardeningRule
    {
        public string Name => "walking";

        public int Version => 1;

        public HardeningScope Scope => HardeningScope.Responses;

        public RuleActions Default => RuleActions.Always(HardeningAction.Flag);

        public RuleActions Strict => Default;

        public void Inspect(in HardeningField field, FindingList findings) => TermWalk.Run(field, findings, Matter, judgement);
    }
}
