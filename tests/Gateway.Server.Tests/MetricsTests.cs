using System.Diagnostics.Metrics;

namespace Gateway.Server.Tests;

public class MetricsTests
{
    [Fact]
    public async Task Metrics_OfAGateway_AreServedInThePrometheusFormat()
    {
        await using var gateway = TestGateway.With(new ScriptedModel());

        using var reply = await gateway.Http.GetAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Equal(200, (int)reply.StatusCode);
        Assert.Equal("text/plain", reply.Content.Headers.ContentType?.MediaType);
        Assert.Contains("gateway_items_in_flight", await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cache", 100)]
    [InlineData("Upstream", 150)]
    public async Task Metrics_ManySeriesOfAnInstrument_AreAllThereWhereTheyAreByName(string meter, int series)
    {
        await using var gateway = TestGateway.With(new ScriptedModel());
        var counter = gateway.Services.GetRequiredService<IMeterFactory>().Create("Gateway." + meter).CreateCounter<long>("series.of." + meter);
        for (var i = 0; i < 150; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("of", i));
        }

        var metrics = await gateway.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Equal(series, metrics.Split('\n').Count(line => line.StartsWith($"series_of_{meter}_total", StringComparison.Ordinal) && line.Contains("of=\"", StringComparison.Ordinal)));
    }
}
