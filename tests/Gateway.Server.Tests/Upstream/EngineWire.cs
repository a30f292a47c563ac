using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Server.Tests.Upstream;

/// <summary>A way to speak to an engine: how it listens, what the cluster <c>c</c> must say, and which protocol both end up with.</summary>
internal sealed record EngineWire(string Protocol, Action<ListenOptions> Listen, params (string Key, string Value)[] Settings) : IDisposable
{
    private static readonly (string, string) AnyCertificate = ("Gateway:Clusters:c:HttpClient:DangerousAcceptAnyServerCertificate", "true");

    private TestCertificate? _certificate;

    /// <summary>The names that tests use.</summary>
    public static TheoryData<string> Names => ["https, HTTP/1.1", "https, HTTP/2", "h2c"];

    /// <summary>The wire of a name.</summary>
    public static EngineWire Of(string name)
    {
        var certificate = TestCertificate.Create();
        return name switch
        {
            "https, HTTP/1.1" => new("HTTP/1.1", Tls(certificate, HttpProtocols.Http1), AnyCertificate) { _certificate = certificate },
            "https, HTTP/2" => new("HTTP/2", Tls(certificate, HttpProtocols.Http1AndHttp2), AnyCertificate) { _certificate = certificate },
            _ => new(
                "HTTP/2", listen => listen.Protocols = HttpProtocols.Http2,
                ("Gateway:Clusters:c:HttpRequest:Version", "2.0"), ("Gateway:Clusters:c:HttpRequest:VersionPolicy", "RequestVersionExact"))
            { _certificate = certificate },
        };
    }

    /// <summary>Listens with TLS.</summary>
    public static Action<ListenOptions> Tls(TestCertificate certificate, HttpProtocols protocols) => listen =>
    {
        listen.Protocols = protocols;
        listen.UseHttps(certificate.Server);
    };

    public void Dispose() => _certificate?.Dispose();
}
