using System.Net.Http.Headers;

namespace Gateway.Server.Upstream;

/// <summary>A destination's whole answer: any status that no other attempt could better, read to its end.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The whole body, owned.</param>
/// <param name="ContentType">The media type without parameters, where there is one.</param>
/// <param name="Destination">Who answered.</param>
/// <param name="Attempts">How many destinations were asked, this one included.</param>
/// <param name="UpstreamTime">From sending the answering attempt to the last byte of its reply.</param>
internal sealed record UpstreamReply(
    int Status, ReadOnlyMemory<byte> Body, string? ContentType, string Destination, int Attempts, TimeSpan UpstreamTime)
{
    private readonly HttpResponseHeaders? _headers;

    /// <summary>A reply with its headers.</summary>
    public UpstreamReply(HttpResponseMessage response, ReadOnlyMemory<byte> body, string destination, int attempts, TimeSpan upstreamTime)
        : this((int)response.StatusCode, body, response.Content.Headers.ContentType?.MediaType, destination, attempts, upstreamTime) =>
        _headers = response.Headers;

    /// <summary>True for 200 to 299.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The values of a response header, joined by commas; null where it is absent.</summary>
    public string? Header(string name) => _headers is not null && _headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
