using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Server.Tests.Upstream;

/// <summary>An authority of a test's own and a server's certificate from it; nobody trusts either unless told to.</summary>
internal sealed class TestCertificate : IDisposable
{
    private TestCertificate(string authority, X509Certificate2 server) => (Authority, Server) = (authority, server);

    /// <summary>The authority's certificate as PEM.</summary>
    public string Authority { get; }

    /// <summary>The server's, with its key.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>A certificate for 127.0.0.1, or for a name where one is given.</summary>
    public static TestCertificate Create(string? name = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var ofAuthority = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        ofAuthority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var authority = ofAuthority.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var ofServer = new CertificateRequest("CN=engine", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (name is null)
        {
            names.AddIpAddress(IPAddress.Loopback);
        }
        else
        {
            names.AddDnsName(name);
        }

        ofServer.CertificateExtensions.Add(names.Build());
        using var signed = ofServer.Create(authority, now.AddDays(-1), now.AddHours(12), RandomNumberGenerator.GetBytes(8));
        return new TestCertificate(authority.ExportCertificatePem(), signed.CopyWithPrivateKey(key));
    }

    public void Dispose() => Server.Dispose();
}
