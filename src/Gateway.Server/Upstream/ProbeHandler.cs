using System.Net;
using System.Text.Json;

namespace Gateway.Server.Upstream;

/// <summary>
/// Lets calls pass, and asks after a probe that went well which model the destination serves. Where that is another than wanted, the probe
/// ends with 421 Misdirected Request, which keeps the destination out.
/// </summary>
internal sealed class ProbeHandler(UpstreamEvents events, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int FirstBytes = 16 * 1024;
    private const int MostBytes = 1024 * 1024;

    /// <inheritdoc/>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Options.TryGetValue(ProbeRequests.Asked, out var destination) && destination.Model.Wanted is { } wanted
            ? ProbeAsync(request, destination, wanted, cancellationToken)
            : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> ProbeAsync(
        HttpRequestMessage request, UpstreamDestination destination, string wanted, CancellationToken cancellation)
    {
        var response = await base.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            return response;
        }

        var news = await AskAsync(destination, wanted, cancellation);
        if (news)
        {
            events.ModelAsked(destination);
        }

        if (destination.Model.IsRight)
        {
            return response;
        }

        response.Dispose();
        return new HttpResponseMessage(HttpStatusCode.MisdirectedRequest);
    }

    private async Task<bool> AskAsync(UpstreamDestination destination, string wanted, CancellationToken cancellation)
    {
        var path = EngineProbe.Of(destination.ClusterOptions.Engine).Models?.Replace("{model}", Uri.EscapeDataString(wanted), StringComparison.Ordinal);
        var doubts = destination.Model.Doubts;
        try
        {
            using var ask = ProbeRequests.Get(destination.ClusterModel, destination.State.Model, destination.ClusterOptions, destination.Address + path);
            using var response = await base.SendAsync(ask, cancellation);
            return response.IsSuccessStatusCode
                ? destination.Model.Serves(wanted, EngineProbe.Read(await ReadAsync(response.Content, cancellation)), doubts)
                : destination.Model.CannotBeAsked(wanted, $"answers {(int)response.StatusCode} to GET {path}");
        }
        catch (JsonException)
        {
            return destination.Model.CannotBeAsked(wanted, $"answers no JSON to GET {path}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return destination.Model.CannotBeAsked(wanted, $"does not answer GET {path}");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        using var stream = await content.ReadAsStreamAsync(cancellation);
        var body = new byte[FirstBytes];
        var length = await stream.ReadAtLeastAsync(body, FirstBytes, throwOnEndOfStream: false, cancellation);
        if (length == FirstBytes)
        {
            Array.Resize(ref body, MostBytes);
            length += await stream.ReadAtLeastAsync(body.AsMemory(length), MostBytes - length, throwOnEndOfStream: false, cancellation);
        }

        return body.AsMemory(0, length);
    }
}
