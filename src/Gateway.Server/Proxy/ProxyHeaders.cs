using System.Collections.Frozen;
using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;

namespace Gateway.Server.Proxy;

/// <summary>
/// Which headers pass. Those of one hop (RFC 9110, 7.6.1) never do, nor what <c>Connection</c> names; where a request came from and what a
/// client claims of it stays with the gateway: <c>Forwarded</c>, <c>X-Forwarded-*</c>, <c>X-Real-IP</c> and <c>Via</c> are dropped and none is added.
/// </summary>
internal static class ProxyHeaders
{
    private static readonly string[] OneHop =
        ["Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "HTTP2-Settings"];

    private static readonly FrozenSet<string> Claims = new[]
    {
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server", "X-Real-IP", "Via",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // One look-up says all of a request's header: most headers are in no rule.
    private static readonly FrozenDictionary<string, Rule> Requested = OneHop.Concat(Claims).Concat(["Host", "Content-Length", "Expect"]).Select(name => (name, Rule.Stays))
        .Concat(new[] { "Authorization", "Cookie", "X-Api-Key", "Api-Key" }.Select(name => (name, Rule.Credential)))
        .Concat(new[] { "traceparent", "tracestate", "baggage", "Request-Id", "Correlation-Context" }.Select(name => (name, Rule.Trace)))
        .ToFrozenDictionary(rule => rule.name, rule => rule.Item2, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NotReplied = OneHop.Concat(["Server", "Via", "Alt-Svc"]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NotTrailing = OneHop
        .Concat(["Content-Length", "Content-Encoding", "Content-Type", "Content-Range", "Set-Cookie", "Host", "Server", "Authorization", "Cache-Control"]).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private enum Rule
    {
        Passes,
        Stays,
        Credential,
        Trace,
    }

    /// <summary>True for a client's header that stays with the gateway whoever forwards the request: it says where that came from, is a credential, or is of one hop.</summary>
    public static bool Stays(string name, bool credentials) =>
        Claims.Contains(name) || name.Equals("Proxy-Authorization", StringComparison.OrdinalIgnoreCase) || (!credentials && Requested.GetValueOrDefault(name) == Rule.Credential);

    /// <summary>Copies what passes from a client's request to a destination's.</summary>
    public static void Copy(HttpRequest from, HttpRequestMessage to, bool credentials)
    {
        var named = Named(from.Headers.Connection);
        // The HTTP client writes the current span's, whose parent is the client's.
        var traced = Activity.Current is not null;
        foreach (var (name, values) in from.Headers)
        {
            var stays = Requested.GetValueOrDefault(name) switch
            {
                Rule.Stays => true,
                Rule.Credential => !credentials,
                Rule.Trace => traced,
                _ => false,
            };
            if (stays || named?.Contains(name) == true)
            {
                continue;
            }

            if (values.Count == 1 ? !to.Headers.TryAddWithoutValidation(name, values[0]) : !to.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                to.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
    }

    /// <summary>The first header whose value the HTTP client would refuse to send.</summary>
    public static string? Unsendable(HttpRequest request) => request.Headers
        .FirstOrDefault(header => Requested.GetValueOrDefault(header.Key) != Rule.Stays && header.Value.Any(value => value is not null && !System.Text.Ascii.IsValid(value))).Key;

    /// <summary>Copies what passes from a destination's reply to the client's.</summary>
    public static void Copy(HttpResponseMessage from, HttpResponse to, bool credentials)
    {
        var named = from.Headers.NonValidated.TryGetValues("Connection", out var connection) ? Named(connection.ToString()) : null;
        Copy(from.Headers.NonValidated, to.Headers, named, credentials);
        Copy(from.Content.Headers.NonValidated, to.Headers, named, credentials);
    }

    /// <summary>Copies a reply's trailers, where the client's protocol has any.</summary>
    public static void CopyTrailers(HttpResponseMessage from, HttpResponse to)
    {
        if ((from.Headers.TransferEncodingChunked != true && from.Version.Major < 2) || !to.SupportsTrailers())
        {
            return;
        }

        foreach (var (name, values) in from.TrailingHeaders.NonValidated)
        {
            if (NotTrailing.Contains(name))
            {
                continue;
            }

            try
            {
                to.AppendTrailer(name, Values(values));
            }
            catch (Exception e) when (e is InvalidOperationException or ArgumentException)
            {
                // The reply is whole; what follows it and is not HTTP stays behind.
            }
        }
    }

    private static void Copy(HttpHeadersNonValidated from, IHeaderDictionary to, HashSet<string>? named, bool credentials)
    {
        foreach (var (name, values) in from)
        {
            if (!NotReplied.Contains(name) && named?.Contains(name) != true && (credentials || !name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)))
            {
                to[name] = to.TryGetValue(name, out var own) && name.Equals("Server-Timing", StringComparison.OrdinalIgnoreCase) ? StringValues.Concat(Values(values), own) : Values(values);
            }
        }
    }

    private static StringValues Values(HeaderStringValues values)
    {
        if (values.Count == 1)
        {
            return values.ToString();
        }

        string[] all = [.. values];
        return all;
    }

    /// <summary>The headers that <c>Connection</c> makes one hop's; null: none.</summary>
    public static HashSet<string>? Named(StringValues connection)
    {
        if (connection.Count == 0 || (connection.Count == 1 && connection[0] is "keep-alive" or "close"))
        {
            return null;
        }

        return connection.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }
}
