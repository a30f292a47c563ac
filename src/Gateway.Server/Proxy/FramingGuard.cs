using Gateway.Core.Scoring;

namespace Gateway.Server.Proxy;

/// <summary>
/// Refuses, on every route, requests whose end two servers might see in different places (RFC 9112, 6.1), as far as the server lets them pass: a
/// length beside a transfer coding, codings other than <c>chunked</c>, and a coding in HTTP/1.0.
/// </summary>
internal sealed class FramingGuard(RequestDelegate next)
{
    // What the server calls the length that came beside a transfer coding.
    private const string LengthBeside = "X-Content-Length";

    /// <summary>Passes the request on or answers 400 and closes the connection.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        var coding = http.Request.Headers.TransferEncoding;
        return coding.Count == 0 || IsPlain(http.Request, coding) ? next(http) : RefuseAsync(http);
    }

    private static bool IsPlain(HttpRequest request, Microsoft.Extensions.Primitives.StringValues coding) =>
        coding.Count == 1 && "chunked".Equals(coding[0], StringComparison.OrdinalIgnoreCase)
        && !request.Headers.ContainsKey(LengthBeside) && !HttpProtocol.IsHttp10(request.Protocol);

    private static Task RefuseAsync(HttpContext http) => OpenAiError.WriteAsync(
        http,
        new GatewayException(ErrorKind.InvalidRequest, "The request does not say clearly where its body ends; send either Content-Length, or Transfer-Encoding: chunked."),
        close: true);
}
