using Gateway.Core.Scoring;
using Gateway.Server.Proxy;
using Gateway.Server.Tests.Upstream;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Server.Tests.Proxy;

/// <summary>The operator's own routes may not take requests from the gateway's.</summary>
public sealed class RouteGuardTests : IAsyncDisposable
{
    private readonly TestGateway _gateway = TestGateway.With(new ScriptedModel());

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData("/v1/score", "/v1/score")]
    [InlineData("/V1/Score", "/v1/score")]
    [InlineData("/v1/score/{x?}", null)]
    [InlineData("/v1/{**rest}", null)]
    [InlineData("/{**all}", null)]
    [InlineData("/{a}/{b}", null)]
    [InlineData("/v1/{x}", null)]
    [InlineData("/v1/models/{id}", "/v1/models/{model}")]
    [InlineData("/v1/models/fixed", "/v1/models/{model}")]
    [InlineData("/models/rm/{**rest}", "/models/{model}/")]
    [InlineData("/models/{m}/{**rest}", null)]
    [InlineData("/metrics", "/metrics")]
    [InlineData("/healthz", "/healthz")]
    [InlineData("/v1/chat/completions", "/v1/chat/completions")]
    [InlineData("/", "/")]
    [InlineData("/engine/{**rest}", null)]
    public async Task Route_OfTheOperators_IsRefusedWhereItWouldShadow(string path, string? shadowed)
    {
        var problem = await ProblemAsync(new RouteConfig { RouteId = "r", ClusterId = "c", Match = new RouteMatch { Path = path } });

        Assert.Equal(shadowed is null, problem is null);
        Assert.Contains(shadowed is null ? "" : $"Gateway:Routes:r ({path}) takes requests from the gateway's own {shadowed}", problem ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/{**all}", -1, true)]
    [InlineData("/{**all}", 1, false)]
    [InlineData(null, -1, true)]
    [InlineData(null, null, false)]
    public async Task Route_WithAnOrder_IsRefusedBelowZero(string? path, int? order, bool refused)
    {
        var problem = await ProblemAsync(new RouteConfig { RouteId = "r", Order = order, Match = new RouteMatch { Path = path, Hosts = ["example.org"] } });

        Assert.Equal(refused, problem?.Contains("or no Order below 0", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task CatchAll_BesideTheGatewaysRoutes_TakesOnlyTheRest()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(http =>
        {
            http.Response.Headers.Server = "engine";
            http.Response.Headers.SetCookie = "a=b";
            return ScriptedUpstream.TextAsync(http, 200, "engine");
        });
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:Authorization", "Bearer own"),
            ("Gateway:Routes:r:ClusterId", "c"), ("Gateway:Routes:r:Match:Path", "/{**all}")]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/engine/info");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer client");
        request.Headers.TryAddWithoutValidation("Cookie", "a=b");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "1.2.3.4");

        using var other = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var scored = await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "xyz"}""");

        Assert.Equal("engine", await other.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(other.Headers, header => header.Key is "Server" or "Set-Cookie");
        Assert.Equal((200, "scripted"), (scored.Status, scored.Json!["model"]!.GetValue<string>()));
        var seen = Assert.Single(upstream.Seen);
        Assert.Equal(("/engine/info", "Bearer own"), (seen.Path, seen.Headers["Authorization"]));
        Assert.DoesNotContain(seen.Headers.Keys, name => name is "Cookie" || name.StartsWith("X-Forwarded", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Route_WithTransforms_KeepsWhatTheOperatorSetsAndNotTheClients()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(http =>
        {
            http.Response.Headers.Connection = "X-Hop";
            http.Response.Headers["X-Hop"] = "1";
            http.Response.Headers.Server = "engine";
            return ScriptedUpstream.TextAsync(http, 200, "engine");
        });
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Routes:r:ClusterId", "c"), ("Gateway:Routes:r:Match:Path", "/engine/{**rest}"),
            ("Gateway:Routes:r:Transforms:0:RequestHeader", "X-Api-Key"), ("Gateway:Routes:r:Transforms:0:Set", "operator"),
            ("Gateway:Routes:r:Transforms:1:RequestHeader", "X-Forwarded-Host"), ("Gateway:Routes:r:Transforms:1:Append", "mine"),
            ("Gateway:Routes:r:Transforms:2:ResponseHeader", "Server"), ("Gateway:Routes:r:Transforms:2:Set", "front")]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/engine/info");
        foreach (var name in new[] { "Authorization", "Cookie", "X-Api-Key", "Api-Key", "Proxy-Authorization", "X-Forwarded-For", "X-Forwarded-Host", "X-Named", "X-Kept" })
        {
            request.Headers.TryAddWithoutValidation(name, "client");
        }

        request.Headers.Connection.Add("X-Named");

        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(("front", false), (response.Headers.GetValues("Server").Single(), response.Headers.Contains("X-Hop")));
        var seen = Assert.Single(upstream.Seen).Headers;
        Assert.Equal(("operator", "mine", "client"), (seen["X-Api-Key"], seen["X-Forwarded-Host"], seen["X-Kept"]));
        Assert.DoesNotContain(seen.Keys, name => name.ToLowerInvariant() is "authorization" or "cookie" or "api-key" or "proxy-authorization" or "x-forwarded-for" or "x-named");
    }

    [Fact]
    public async Task Start_NamesAndRoutesThatMeanTwoThings_SaysAll()
    {
        string[] engine = ["--Gateway:Clusters:rm-mini:Destinations:a:Address", "http://127.0.0.1:9"];

        var routes = await GatewayProcess.RunAsync([.. engine, "--Gateway:Routes:mine:ClusterId", "rm-mini", "--Gateway:Routes:mine:Match:Path", "/v1/score", "--Urls", "http://127.0.0.1:0"]);
        var names = await GatewayProcess.RunAsync([
            .. engine, "--Gateway:Clusters:d:Destinations:a:Address", "http://127.0.0.1:9", "--Gateway:Clusters:d:PassThrough:Models:0", "rm-mini",
            "--Gateway:Proxy:DefaultCluster", "e", "--Urls", "http://127.0.0.1:0"]);

        Assert.Equal((1, 1), (routes.ExitCode, names.ExitCode));
        Assert.Contains("Gateway:Routes:mine (/v1/score) takes requests from the gateway's own /v1/score; give it another path.", routes.Error, StringComparison.Ordinal);
        Assert.Contains("4 problems", names.Error, StringComparison.Ordinal);
        Assert.Contains(
            "'rm-mini' names a reward model and cluster rm-mini; rename one of them, or set Gateway:Clusters:rm-mini:PassThrough:Enabled to false.", names.Error, StringComparison.Ordinal);
        Assert.Contains("'rm-mini' names a reward model and cluster d;", names.Error, StringComparison.Ordinal);
        Assert.Contains("'rm-mini' names both clusters ", names.Error, StringComparison.Ordinal);
        Assert.Contains("Gateway:Proxy:DefaultCluster 'e' is no cluster that takes requests; known are d, rm-mini, rm-mini.", names.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        var problems = new ProxyOptionsValidator().Validate(null, new ProxyOptions { BodyBytes = 1, ReplayBytes = 2048, ScanBytes = 1024 }).Failures!.ToArray();

        Assert.Equal(2, problems.Length);
        Assert.Contains("BodyBytes", problems[0], StringComparison.Ordinal);
        Assert.Contains("ReplayBytes 2048 is above ScanBytes 1024; raise ScanBytes or lower ReplayBytes.", problems[1], StringComparison.Ordinal);
    }

    private async Task<string?> ProblemAsync(RouteConfig route)
    {
        var guard = _gateway.Services.GetRequiredService<RouteGuard>();
        try
        {
            Assert.Same(route, await guard.ConfigureRouteAsync(route, null, TestContext.Current.CancellationToken));
            return null;
        }
        catch (StartupException e)
        {
            return Assert.Single(e.Problems);
        }
    }
}
