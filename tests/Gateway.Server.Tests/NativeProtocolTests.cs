namespace Gateway.Server.Tests;

public sealed class NativeProtocolTests
{
    [Fact]
    public async Task Score_TwoResponses_RanksThemInTheClientsOrder()
    {
        await using var gateway = TestGateway.With(new ScriptedModel());

        var (status, json, response) = await gateway.PostAsync("/v1/score", """
            {"items": [{"id": "a1", "prompt": "Say something", "responses": ["short", "somewhat longer", "short"]}]}
            """);

        Assert.Equal(200, status);
        Assert.Equal("[1,0,2]", json!["results"]![0]!["ranking"]!.ToJsonString());
        Assert.Equal("[[0,2]]", json["results"]![0]!["ties"]!.ToJsonString());
        Assert.Equal([5.0, 15.0, 5.0], json["results"]![0]!["scores"]!.AsArray().Select(score => score!["score"]!.GetValue<double>()));
        Assert.Equal("a1", json["results"]![0]!["id"]!.GetValue<string>());
        Assert.Contains("total;dur=", response.Headers.GetValues("Server-Timing").Single());
        Assert.Equal("scripted", response.Headers.GetValues("X-Gateway-Model").Single());
    }
}
