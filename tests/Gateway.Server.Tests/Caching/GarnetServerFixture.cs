using System.Globalization;
using Garnet;

namespace Gateway.Server.Tests.Caching;

/// <summary>Garnet in this process, which speaks Redis's protocol: for machines without a redis-server, and as a second opinion on the protocol.</summary>
internal sealed class GarnetServerFixture : IDisposable
{
    private readonly GarnetServer _server;

    private GarnetServerFixture(int port, params string[] settings)
    {
        Port = port;
        _server = new GarnetServer(
            ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--memory", "64m", "--index", "8m", "--lua", "true", "-q", "true", .. settings]);
        try
        {
            _server.Start();
        }
        catch
        {
            _server.Dispose();
            throw;
        }
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>Starts one on a free port.</summary>
    public static GarnetServerFixture Start(params string[] settings) => FreePort.Try(port => new GarnetServerFixture(port, settings));

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();
}
