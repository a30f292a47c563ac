using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gateway.Server.Tests.Caching;

/// <summary>Every kind of Redis that the README names, as it is configured there.</summary>
public sealed class CacheConnectionTests
{
    [Fact]
    public async Task Score_BySentinel_FollowsTheFailOver()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisSentinel.StartAsync();
        await using var gateway = new CachingGateway($"{redis.Sentinel.Address},serviceName={RedisSentinel.ServiceName}");
        await gateway.WorksAsync("scores are shared");
        var known = CachingGateway.Texts("known", 4);
        await Eventually.TrueAsync(async () => await gateway.AskAsync(known) == known.Length, "these are stored");
        // WAIT would wait for the writes of its own connection alone, and it has made none.
        await Eventually.TrueAsync(
            async () => await redis.Replica.CommandAsync("DBSIZE") == await redis.Primary.CommandAsync("DBSIZE"), "the replica has every key");

        await redis.Primary.KillAsync();
        await gateway.LoadAsync("nobody leads");
        await gateway.WorksAsync();

        await gateway.FindsAsync(known);
        Assert.Contains("master", await redis.Replica.CommandAsync("ROLE"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_AsAnAclUserOfOnlyItsKeys_IsShared()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync(
            "ACL", "SETUSER", "gateway", "on", ">s3cret", "resetkeys", "~rg:*", "resetchannels", "-@all", "+@read", "+@write", "+@connection", "+@transaction", "+@scripting", "+info");
        var address = $"{redis.Address},user=gateway,password=s3cret";
        await using var gateway = new CachingGateway(address);
        await using var one = new TextReplica(address);
        await using var other = new TextReplica(address);

        await gateway.WorksAsync("scores are shared");
        var text = await one.AskAsync("p");
        Assert.Equal((text.Text, 0), ((await other.AskAsync("p")).Text, other.Made));
        Assert.Empty(gateway.Said);
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            using var client = await RespClient.ConnectAsync(redis.Port, null, TestContext.Current.CancellationToken);
            await client.CommandAsync(["AUTH", "gateway", "s3cret"], TestContext.Current.CancellationToken);
            await client.CommandAsync(["GET", "others"], TestContext.Current.CancellationToken);
        });
    }

    [Fact]
    public async Task Score_OverTls_IsSharedWhereTheCertificateIsTrustedAndOnlyThere()
    {
        SomeRedis.RequireRedis();
        var folder = Directory.CreateTempSubdirectory("gateway-tls-");
        try
        {
            var (certificate, key) = Certificate(folder.FullName);
            var port = FreePort.Find().ToString(CultureInfo.InvariantCulture);
            await using var redis = await RedisServer.StartAsync(
                "--tls-port", port, "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-auth-clients", "no");
            await using (var trusting = GatewayProcess.StartIn([("SSL_CERT_FILE", certificate)], Arguments(port)))
            {
                var address = await trusting.AddressAsync();
                await Eventually.TrueAsync(
                    async () =>
                    {
                        await AskAsync(address);
                        return (await redis.CommandAsync("KEYS", "rg:s:*")).Contains("rg:s:", StringComparison.Ordinal);
                    },
                    "the score is stored");
            }

            await redis.CommandAsync("FLUSHALL");
            await using var doubting = GatewayProcess.StartIn([("SSL_CERT_FILE", "/dev/null")], Arguments(port));
            await AskAsync(await doubting.AddressAsync());
            await doubting.LineAsync("Redis");
            Assert.Equal("*0\r\n", await redis.CommandAsync("KEYS", "*"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string[] Arguments(string port) =>
        ["--urls", "http://127.0.0.1:0", "--Gateway:ModelsFolder", RepositoryRoot.File("models"), "--Gateway:Cache:Entries", "0", "--Gateway:Cache:Redis", $"localhost:{port},ssl=true"];

    private static async Task AskAsync(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var body = new StringContent("""{"prompt": "p", "response": "r"}""", Encoding.UTF8, "application/json");
        using var reply = await http.PostAsync("/v1/score", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    private static (string Certificate, string Key) Certificate(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var (certificateFile, keyFile) = (Path.Combine(folder, "redis.crt"), Path.Combine(folder, "redis.key"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }
}
