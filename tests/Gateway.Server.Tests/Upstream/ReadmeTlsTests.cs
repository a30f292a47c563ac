using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Server.Tests.Upstream;

/// <summary>The README's sample of TLS and HTTP/2, run as a process of its own, since what a process trusts is settled when it starts.</summary>
public sealed partial class ReadmeTlsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sample_AgainstRealEngines_ReachesThemWhereTheirAuthorityIsTrusted(bool trusted)
    {
        using var certificate = TestCertificate.Create("engine.example");
        await using var secure = await ScriptedUpstream.StartAsync(Hello, "secure", EngineWire.Tls(certificate, HttpProtocols.Http1AndHttp2));
        await using var plain = await ScriptedUpstream.StartAsync(Hello, "plain", listen => listen.Protocols = HttpProtocols.Http2);
        var folder = Directory.CreateTempSubdirectory("authority-");
        try
        {
            var authority = Path.Combine(folder.FullName, "authority.pem");
            await File.WriteAllTextAsync(authority, certificate.Authority, TestContext.Current.CancellationToken);
            await using var gateway = GatewayProcess.StartIn(
                trusted ? [("SSL_CERT_FILE", authority)] : [],
                ["--Urls", "http://127.0.0.1:0", "--Gateway:Clusters:own-authority:UnhealthyWaitMs", "0", .. Arguments(Sample(secure, plain))]);
            using var http = new HttpClient { BaseAddress = await gateway.AddressAsync() };

            Assert.Equal(trusted ? "200 HTTP/2" : "503 ", await AskAsync(http, "own-authority"));
            Assert.Equal("200 HTTP/2", await AskAsync(http, "plain-http2"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Assert.Equal(trusted ? 1 : 0, secure.Seen.Count);
        Assert.All(secure.Seen, seen => Assert.Equal("engine.example", seen.Headers["Host"]));
    }

    private static Task Hello(HttpContext http) => ScriptedUpstream.TextAsync(http, 200, http.Request.Protocol);

    private static async Task<string> AskAsync(HttpClient http, string cluster)
    {
        using var body = new StringContent("{}");
        using var reply = await http.PostAsync($"/models/{cluster}/generate", body, TestContext.Current.CancellationToken);
        return $"{(int)reply.StatusCode} {(reply.IsSuccessStatusCode ? await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : "")}";
    }

    private static JsonNode Sample(ScriptedUpstream secure, ScriptedUpstream plain)
    {
        var readme = File.ReadAllText(RepositoryRoot.File("README.md"));
        var sample = JsonBlock.Matches(readme).Select(match => match.Groups[1].Value).Single(block => block.Contains("own-authority", StringComparison.Ordinal));
        return JsonNode.Parse(sample
            .Replace("https://10.0.0.7:8000", secure.Address.ToString(), StringComparison.Ordinal)
            .Replace("http://10.0.0.8:8000", plain.Address.ToString(), StringComparison.Ordinal))!;
    }

    private static IEnumerable<string> Arguments(JsonNode node) => node is JsonObject settings
        ? settings.SelectMany(setting => Arguments(setting.Value!))
        : ["--" + node.GetPath()[2..].Replace('.', ':').Replace("['", "", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal), node.ToString()];

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlock { get; }
}
