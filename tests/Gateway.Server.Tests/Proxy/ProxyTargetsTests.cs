using Gateway.Core.Scoring;
using Gateway.Server.Proxy;
using Gateway.Server.Scoring;
using Gateway.Server.Tests.Upstream;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Tests.Proxy;

/// <summary>Names that came to mean two clusters while the gateway ran.</summary>
public sealed class ProxyTargetsTests
{
    [Fact]
    public async Task Find_NameOfTwoClusters_IsAnErrorThatNamesBoth()
    {
        await using var gateway = TestGateway.With(new ScriptedModel());
        await using var pool = TestPool.Start(
            ("Gateway:Clusters:b:Destinations:a:Address", "http://127.0.0.1:9"), ("Gateway:Clusters:b:PassThrough:Models:0", "both"), ("Gateway:Clusters:b:PassThrough:Models:1", "one"),
            ("Gateway:Clusters:a:Destinations:a:Address", "http://127.0.0.1:9"), ("Gateway:Clusters:a:PassThrough:Models:0", "both"));
        var targets = new ProxyTargets(pool.Pool, gateway.Services.GetRequiredService<ModelRegistry>(), Options.Create(new ProxyOptions()));

        var fault = Assert.Throws<GatewayException>(() => targets.Find("both"));

        Assert.Equal(
            (ErrorKind.InvalidRequest, "'both' names both clusters a and b; send one of these names, or take it out of Gateway:Clusters:b:PassThrough:Models."),
            (fault.Kind, fault.Message));
        Assert.Equal(["b", "a", "b"], new[] { "one", "a", "b" }.Select(name => targets.Find(name).Name));
    }
}
