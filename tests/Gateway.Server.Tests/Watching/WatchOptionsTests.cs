using Gateway.Server.Watching;

namespace Gateway.Server.Tests.Watching;

public sealed class WatchOptionsTests
{
    private readonly WatchOptionsValidator _validator = new();

    [Theory]
    [InlineData("http://127.0.0.1:9000/hook")]
    [InlineData("https://hooks.example.org/x?token=secret")]
    [InlineData("")]
    [InlineData(null)]
    public void Validate_WebhookThatCanBePostedTo_IsFine(string? webhook) =>
        Assert.True(_validator.Validate(null, new WatchOptions { Webhook = webhook }).Succeeded);

    [Theory]
    [InlineData("hooks.example.org/secret")]
    [InlineData("/secret")]
    [InlineData("ftp://example.org/secret")]
    public void Validate_WebhookThatCannot_IsRefusedWithoutItsText(string webhook)
    {
        var failure = Assert.Single(_validator.Validate(null, new WatchOptions { Webhook = webhook }).Failures!);

        Assert.Contains("Gateway:Watch:Webhook", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_MoreFaults_NamesAll()
    {
        var failures = _validator.Validate(null, new WatchOptions { Window = 100, Prompts = 101, SamePercent = 0, Runs = 0 }).Failures!;

        Assert.Contains(failures, failure => failure.Contains("Prompts 101 is above Window 100", StringComparison.Ordinal));
        Assert.Contains(failures, failure => failure.Contains("SamePercent", StringComparison.Ordinal));
        Assert.Contains(failures, failure => failure.Contains("Runs", StringComparison.Ordinal));
    }
}
