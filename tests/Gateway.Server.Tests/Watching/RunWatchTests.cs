using System.Text;
using Gateway.Server.Watching;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Watching;

/// <summary>Healthy runs stay quiet, collapsing ones are found soon; on real prompts and responses.</summary>
public sealed class RunWatchTests
{
    private const int Healthy = 6_000;

    private readonly FakeTimeProvider _clock = new();
    private readonly WatchOptions _limits = new();

    public static TheoryData<string> Sets => [.. RealResponses.Sets];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Observe_ShuffledRealResponses_RaisesNothing(string set)
    {
        var watch = NewWatch();
        var raised = Feed(watch, HealthyRun(set, 20_000, seed: 1));

        Assert.Empty(raised);
        Assert.NotNull(watch.Show().Before);
    }

    [Fact]
    public void Observe_GroupsOfSamplesWithSomeRepeated_RaisesNothing()
    {
        // As a trainer samples: eight of each prompt, of which an able policy gives several alike.
        var random = new Random(2);
        var pool = RealResponses.Of("gsm8k-solutions");
        var stream = Enumerable.Range(0, 2_500).SelectMany(_ =>
        {
            var (prompt, response) = pool[random.Next(pool.Length)];
            return Enumerable.Range(0, 8).Select(sample => (prompt, sample < 5 ? response : pool[random.Next(pool.Length)].Response, random.NextDouble(), false));
        });

        Assert.Empty(Feed(NewWatch(), stream));
    }

    [Fact]
    public void Observe_ShortAnswersFromTheStart_RaisesNothing()
    {
        var random = new Random(3);
        var stream = Enumerable.Range(0, 12_000).Select(i => ($"Is {i} a prime number?", random.Next(3) == 0 ? "Yes" : "No", random.NextDouble(), false));

        Assert.Empty(Feed(NewWatch(), stream));
    }

    [Fact]
    public void Observe_OnePromptOverAndOver_RaisesNothing() =>
        Assert.Empty(Feed(NewWatch(), Enumerable.Range(0, 5_000).Select(_ => ("What is 2 + 2?", "It is 4.", 1.0, false))));

    [Theory]
    [InlineData("Thought process:", "same_response")]
    [InlineData(":", "same_response")]
    [InlineData("Let's solve this problem step by step.", "same_response")]
    [InlineData("To solve this problem, we look at what is given, set up an equation and solve it. The answer is {0}.", "near_same_response")]
    public void Observe_PolicyThatCollapses_IsFoundWithinAWindow(string collapsed, string kind)
    {
        var watch = NewWatch();
        Assert.Empty(Feed(watch, HealthyRun("hh-helpful", Healthy, seed: 4)));

        // As policies do: more and more of the responses, within two thousand of them.
        var random = new Random(5);
        var pool = RealResponses.Of("hh-helpful");
        var raised = Feed(watch, Enumerable.Range(0, 2_000).Select(i =>
        {
            var (prompt, response) = pool[random.Next(pool.Length)];
            return (prompt, random.Next(2_000) < i * 2 ? string.Format(null, collapsed, i) : response, random.NextDouble(), false);
        }));

        var first = raised.First(alarm => WatchProtocol.NameOf(alarm.Sign.Kind) == kind);
        Assert.InRange(first.Responses - Healthy, 1, 1_280);
    }

    [Fact]
    public void Observe_CollapsedFromTheStart_IsFoundAtOnce()
    {
        var raised = Feed(NewWatch(), Enumerable.Range(0, 256).Select(i => ($"question {i}", "Solution", 1.0, false)));

        var alarm = Assert.Single(raised);
        Assert.Equal((CollapseKind.SameResponse, 1.0, null), (alarm.Sign.Kind, alarm.Sign.Value, alarm.Sign.Before));
    }

    [Fact]
    public void Observe_ResponsesThatShrink_IsFound()
    {
        var watch = NewWatch();
        Feed(watch, HealthyRun("finegrained-qa", Healthy, seed: 6));
        var pool = RealResponses.Of("finegrained-qa");
        var random = new Random(7);
        var raised = Feed(watch, Enumerable.Range(0, 1_500).Select(_ =>
        {
            var (prompt, response) = pool[random.Next(pool.Length)];
            return (prompt, response[..Math.Min(response.Length, 20 + random.Next(40))], random.NextDouble(), false);
        }));

        var alarm = raised.First(alarm => alarm.Sign.Kind == CollapseKind.ShrinkingLength);
        Assert.InRange(alarm.Responses - Healthy, 1, 1_024);
        Assert.True(alarm.Sign.Value <= alarm.Sign.Limit && alarm.Sign.Limit < alarm.Sign.Before);
    }

    [Fact]
    public void Observe_RewardUpWhileDiversityFalls_IsFound_AndNeitherAlone()
    {
        Assert.Contains(Collapse(better: true, fewer: true), alarm => alarm.Sign.Kind == CollapseKind.RewardUpDiversityDown);
        Assert.Empty(Collapse(better: true, fewer: false));
        Assert.DoesNotContain(Collapse(better: false, fewer: true), alarm => alarm.Sign.Kind == CollapseKind.RewardUpDiversityDown);

        List<Alarm> Collapse(bool better, bool fewer)
        {
            var watch = NewWatch();
            Feed(watch, HealthyRun("hh-helpful", Healthy, seed: 8));
            var random = new Random(9);
            var pool = RealResponses.Of("hh-helpful");
            return Feed(watch, Enumerable.Range(0, 1_500).Select(_ =>
                (pool[random.Next(pool.Length)].Prompt, pool[random.Next(fewer ? 40 : pool.Length)].Response, random.NextDouble() + (better ? 0.4 : 0), false)));
        }
    }

    [Fact]
    public void Observe_MoreFindingsThanBefore_IsFound()
    {
        var watch = NewWatch();
        Feed(watch, HealthyRun("hh-harmless", Healthy, seed: 10));
        var random = new Random(11);
        var raised = Feed(watch, HealthyRun("hh-harmless", 1_500, seed: 12).Select(one => one with { HasFinding = random.Next(5) == 0 }));

        Assert.Equal([CollapseKind.FindingsRising], raised.Select(alarm => alarm.Sign.Kind).Distinct());
    }

    [Fact]
    public void Observe_SignThatStays_IsRaisedOnceInItsCooldown()
    {
        var watch = NewWatch();
        var collapsed = Enumerable.Range(0, 512).Select(i => ($"question {i}", "Solution", 1.0, false)).ToArray();
        Assert.Single(Feed(watch, collapsed));

        _clock.Advance(TimeSpan.FromSeconds(_limits.CooldownSeconds));
        Assert.Single(Feed(watch, collapsed));
        Assert.Equal(["same_response"], watch.Show().Signs.Select(WatchProtocol.NameOf));
    }

    private RunWatch NewWatch() => new("m", "run", _limits, _clock);

    private static IEnumerable<(string Prompt, string Response, double Score, bool HasFinding)> HealthyRun(string set, int responses, int seed)
    {
        var random = new Random(seed);
        var pool = RealResponses.Of(set);
        return Enumerable.Range(0, responses).Select(_ =>
        {
            var (prompt, response) = pool[random.Next(pool.Length)];
            return (prompt, response, random.NextDouble(), random.Next(200) == 0);
        });
    }

    private List<Alarm> Feed(RunWatch watch, IEnumerable<(string Prompt, string Response, double Score, bool HasFinding)> stream)
    {
        var raised = new List<Alarm>();
        foreach (var (prompt, response, score, hasFinding) in stream)
        {
            var bytes = Encoding.UTF8.GetBytes(response);
            raised.AddRange(watch.Observe(new WatchedResponse(TextDigestTests.Of(prompt).Exact, TextDigest.Of(bytes), bytes.Length, score, hasFinding)));
        }

        return raised;
    }
}
