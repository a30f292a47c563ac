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
}
