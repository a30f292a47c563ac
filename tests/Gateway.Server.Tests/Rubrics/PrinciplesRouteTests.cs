using System.Text.Json.Nodes;
using Gateway.Client;
using Gateway.Core.Rubrics;
using Gateway.Server.Rubrics;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Rubrics;

/// <summary>The catalogue as clients see it.</summary>
public sealed class PrinciplesRouteTests(EmbeddedGateway embedded)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetPrinciples_OfTheCheckout_ListsEveryFile()
    {
        var list = await new GatewayClient(embedded.Gateway.Http).GetPrinciplesAsync(Cancellation);

        var files = Directory.GetFiles(RepositoryRoot.File("principles"), "*.md").Select(file => Path.GetFileNameWithoutExtension(file)!).Where(name => name != "README");
        Assert.Equal(files.Order(StringComparer.Ordinal), list.Principles.Select(principle => principle.Name));
        Assert.Empty(list.Faults);
        Assert.All(list.Principles, card => Assert.True(card is { Version: > 0, Title.Length: > 0, Digest.Length: 64, Scale.Descriptions.Count: 5, Criteria.Count: > 2, Styles.Count: > 0, TextLength: > 400 }));
    }

    [Fact]
    public async Task GetPrinciple_EveryField_IsTheFiles()
    {
        var faults = new List<RubricFault>();
        var file = PrincipleFile.Read("concise", await File.ReadAllBytesAsync(RepositoryRoot.File("principles/concise.md"), Cancellation), faults)!;

        var reply = await new GatewayClient(embedded.Gateway.Http).GetPrincipleAsync("concise", Cancellation);

        Assert.Equal((file.Name, file.Version, file.Title, file.Digest, file.Text), (reply.Name, reply.Version, reply.Title, reply.Digest, reply.Text));
        Assert.Equal(file.Rubric!.Scale!.Descriptions, reply.Scale!.Descriptions);
        Assert.Equal(file.Styles, reply.Styles);
        Assert.Equal(
            file.Rubric.Criteria.Select(criterion => (criterion.Name, criterion.Question, criterion.Weight, string.Join('|', criterion.Choices), criterion.IsPitfall)),
            reply.Criteria.Select(criterion => (criterion.Name, criterion.Question, criterion.Weight, string.Join('|', criterion.Choices), criterion.Pitfall)));
    }

    [Theory]
    [InlineData("concize")]
    [InlineData("Concise")]
    public async Task GetPrinciple_UnknownName_IsAProblemWithTheNearest(string name)
    {
        var fault = await Assert.ThrowsAsync<GatewayCallException>(() => new GatewayClient(embedded.Gateway.Http).GetPrincipleAsync(name, Cancellation));

        Assert.Equal((404, "unknown_principle"), (fault.Status, fault.Problem!.Kind));
        Assert.Contains("did you mean 'concise'?", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("%00")]
    [InlineData("README")]
    [InlineData("concise.md")]
    [InlineData("%F0%9F%98%80")]
    public async Task GetPrinciple_HostileName_IsNotFound(string name)
    {
        using var response = await embedded.Gateway.Http.GetAsync($"/v1/principles/{name}", Cancellation);

        Assert.Contains((int)response.StatusCode, (int[])[404, 400]);
    }

    [Fact]
    public async Task OpenApi_Document_DescribesTheRoutes()
    {
        var document = JsonNode.Parse(await embedded.Gateway.Http.GetStringAsync("/openapi/v1.json", Cancellation))!;

        var list = document["paths"]!["/v1/principles"]!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!;
        Assert.Equal("#/components/schemas/PrincipleList", list["$ref"]!.GetValue<string>());
        Assert.Equal(["200", "404"], document["paths"]!["/v1/principles/{name}"]!["get"]!["responses"]!.AsObject().Select(response => response.Key).Order());
        Assert.Equal(["faults", "principles"], document["components"]!["schemas"]!["PrincipleList"]!["properties"]!.AsObject().Select(field => field.Key).Order());
    }

    [Fact]
    public async Task Watch_ChangeOfAFile_ReachesClientsAndMetrics()
    {
        using var folder = new PrinciplesFolder();
        folder.Write("a", "One.");
        var clock = new FakeTimeProvider();
        await using var gateway = TestGateway.With(new ScriptedModel(), clock, ("Gateway:PrinciplesFolder", folder.Path), ("Gateway:PrinciplesPollMs", "500"));
        using var counters = new Counters(gateway.Services);
        var client = new GatewayClient(gateway.Http);
        var catalog = gateway.Services.GetRequiredService<PrincipleCatalog>();
        Assert.Equal("One.", (await client.GetPrincipleAsync("a", Cancellation)).Text);

        folder.Write("a", "Two.", 2);
        await HappensAsync(() => catalog.Taken == 1);
        Assert.Equal("Two.", (await client.GetPrincipleAsync("a", Cancellation)).Text);

        folder.WriteFile("b.md", "---\nid: b\nversion: 1\ntitle: B\nweight: 2\n---\nText.");
        await HappensAsync(() => catalog.Refused == 1);
        var list = await client.GetPrinciplesAsync(Cancellation);
        Assert.Equal(["a"], list.Principles.Select(principle => principle.Name));
        Assert.Equal(("b.md", 5, "weight"), (list.Faults.Single().File, list.Faults.Single().Line!.Value, list.Faults.Single().Key));
        Assert.Equal((1, 1, 1, 1), (counters["gateway.principles"], counters["gateway.principles.faults"], counters["gateway.principles.changes{taken}"], counters["gateway.principles.changes{refused}"]));

        folder.Write("b");
        await HappensAsync(() => catalog.Taken == 2);
        list = await client.GetPrinciplesAsync(Cancellation);
        Assert.Equal((2, 0), (list.Principles.Count, list.Faults.Count));

        Task HappensAsync(Func<bool> condition) => Eventually.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(500));
                return condition();
            },
            "the change was looked at");
    }
}
