using Gateway.Server.Watching;

namespace Gateway.Server.Tests.Watching;

public sealed class WatchWindowTests
{
    /// <summary>Against counts made another way, over windows that fill, turn over, and hold samples of one prompt.</summary>
    [Theory]
    [InlineData(64, 10)]
    [InlineData(64, 64)]
    [InlineData(64, 65)]
    [InlineData(64, 1000)]
    [InlineData(100, 333)]
    [InlineData(1000, 999)]
    public void Summarise_AnyStream_CountsTheLatestExactly(int capacity, int responses)
    {
        var random = new Random(capacity + responses);
        var window = new WatchWindow(capacity);
        var all = new List<WatchedResponse>();
        for (var i = 0; i < responses; i++)
        {
            var text = random.Next(4) == 0 ? "Thought process:" : $"response number {random.Next(60)} and more";
            var response = new WatchedResponse(
                (ulong)random.Next(20), TextDigestTests.Of(text), text.Length, random.NextDouble(), random.Next(10) == 0);
            all.Add(response);
            window.Add(response);
        }

        var latest = all.TakeLast(capacity).ToArray();
        var lengths = latest.Select(response => response.Length).Order().ToArray();
        var mean = latest.Average(response => response.Score);
        var summary = window.Summarise();

        Assert.Equal(latest.Length, summary.Responses);
        Assert.Equal(latest.Select(response => response.Prompt).Distinct().Count(), summary.Prompts);
        Assert.Equal((double)MostPrompts(latest, response => response.Text.Exact) / summary.Prompts, summary.Same);
        Assert.Equal(
            Math.Max(summary.Same, Enumerable.Range(0, TextDigest.Bands).Max(band => (double)MostPrompts(latest, response => response.Text.Band(band)) / summary.Prompts)),
            summary.NearSame);
        Assert.Equal((lengths[(lengths.Length - 1) / 2] + lengths[lengths.Length / 2]) / 2.0, summary.MedianBytes);
        Assert.Equal(mean, summary.MeanScore, 12);
        Assert.Equal(latest.Average(response => (response.Score - mean) * (response.Score - mean)), summary.ScoreVariance, 12);
        Assert.Equal(
            Enumerable.Range(0, TextDigest.Bands).Average(band => (double)latest.Select(response => response.Text.Band(band)).Distinct().Count() / latest.Length),
            summary.Diversity,
            12);
        Assert.Equal(1000.0 * latest.Count(response => response.HasFinding) / latest.Length, summary.FindingsPerThousand, 12);
    }

    [Fact]
    public void Summarise_Empty_IsNothing() => Assert.Equal(default, new WatchWindow(64).Summarise());

    private static int MostPrompts(IEnumerable<WatchedResponse> responses, Func<WatchedResponse, ulong> key) =>
        responses.GroupBy(key).Max(group => group.Select(response => response.Prompt).Distinct().Count());
}
