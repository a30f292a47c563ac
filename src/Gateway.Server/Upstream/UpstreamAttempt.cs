using System.Net;
using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream;

/// <summary>One attempt of a call on one destination.</summary>
internal sealed class UpstreamAttempt(UpstreamCall call, DestinationLease lease, TimeProvider clock)
{
    private readonly UpstreamContent? _content = call.Body.IsEmpty ? null : new UpstreamContent(call.Body, call.ContentType);

    /// <summary>True once the destination may have got a byte of the body.</summary>
    public bool Sent => _content is { Started: true };

    /// <summary>Sends the call and reads the whole reply.</summary>
    public async Task<UpstreamReply> RunAsync(int attempts, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        using var request = Request();
        using var response = await lease.Client.SendAsync(request, cancellation);
        var body = await ReadAsync(response.Content, cancellation);
        return new UpstreamReply(response, body, lease.Destination.Name, attempts, clock.GetElapsedTime(started));
    }

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(call.Method, lease.Address.TrimEnd('/') + call.Path)
        {
            Version = lease.Request.Version ?? HttpVersion.Version20,
            VersionPolicy = lease.Request.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower,
            Content = _content,
        };
        foreach (var (name, value) in call.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.Remove("Authorization");
        if (lease.Authorization is { } authorization)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (lease.State.Model.Config.Host is { Length: > 0 } host)
        {
            request.Headers.Host = host;
        }

        return request;
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        var most = lease.Options.ReplyBytes;
        if (content.Headers.ContentLength > most)
        {
            throw TooLong(most);
        }

        using var stream = await content.ReadAsStreamAsync(cancellation);
        var body = new byte[content.Headers.ContentLength ?? 4096];
        var length = 0;
        while (true)
        {
            if (length == body.Length)
            {
                // A byte more than the limit, so that a body of exactly the limit is seen to end.
                var more = new byte[1];
                if (await stream.ReadAsync(more, cancellation) == 0)
                {
                    return body;
                }

                if (length >= most)
                {
                    throw TooLong(most);
                }

                Array.Resize(ref body, (int)Math.Min(most, Math.Max(4096L, length * 2L)));
                body[length++] = more[0];
            }

            var read = await stream.ReadAsync(body.AsMemory(length), cancellation);
            if (read == 0)
            {
                return body.AsMemory(0, length);
            }

            length += read;
        }
    }

    private GatewayException TooLong(int most) => new(
        ErrorKind.UpstreamFailed,
        $"The reply of {lease.Destination.Name} of cluster '{call.Cluster}' has more than {most} bytes; raise {ClusterOptions.Section}:{call.Cluster}:ReplyBytes, or send less at a time.");
}
