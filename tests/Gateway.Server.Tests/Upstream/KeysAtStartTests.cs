namespace Gateway.Server.Tests.Upstream;

public class KeysAtStartTests
{
    [Fact]
    public async Task Start_OfAGateway_ReadsAndMakesNoKeysForCookies()
    {
        await using var gateway = TestGateway.With(new ScriptedModel());

        Assert.DoesNotContain(
            gateway.Services.GetServices<IHostedService>(), service => service.GetType().Namespace!.StartsWith("Microsoft.AspNetCore.DataProtection", StringComparison.Ordinal));
    }
}
