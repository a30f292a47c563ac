using Microsoft.Playwright;

namespace Gateway.Server.Tests;

/// <summary>The page for people, in the system's Chromium.</summary>
public sealed class ScalarPageTests
{
    // The page is some megabytes of script, and a busy machine draws it without a graphics card.
    private const float PatienceMs = 180_000;

    private static readonly string[] Browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

    [Fact]
    public async Task Scalar_InABrowser_ShowsTheScoreOperationAndAsksNobodyElse()
    {
        var browserPath = Browsers.FirstOrDefault(File.Exists);
        Assert.SkipWhen(browserPath is null, "chromium is not installed; apt-get install chromium");
        await using var gateway = TestGateway.With(new ScriptedModel());
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = browserPath,
            Timeout = PatienceMs,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--no-proxy-server"],
        });
        var page = await browser.NewPageAsync();
        page.SetDefaultTimeout(PatienceMs);
        var asked = new List<string>();
        var failures = new List<string>();
        page.PageError += (_, error) => failures.Add(error);
        // Nothing but the gateway is reachable, so that a page that needs more does not pass by luck.
        await page.RouteAsync("**/*", route =>
        {
            asked.Add(route.Request.Url);
            return new Uri(route.Request.Url) is { IsLoopback: false, Scheme: "http" or "https" } ? route.AbortAsync() : route.ContinueAsync();
        });

        await page.GotoAsync(new Uri(gateway.Http.BaseAddress!, "/scalar").ToString());
        await page.GetByText("/v1/score").First.ClickAsync();
        await page.GetByText("Score responses").First.WaitForAsync();
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        Assert.Contains("Reward gateway", await page.TitleAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(asked, url => url.EndsWith("/openapi/v1.json", StringComparison.Ordinal));
        Assert.DoesNotContain(asked, url => new Uri(url) is { IsLoopback: false, Scheme: "http" or "https" });
        Assert.Empty(failures);
    }
}
