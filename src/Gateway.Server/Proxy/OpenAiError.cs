using System.Globalization;
using Gateway.Core.Scoring;
using Gateway.Server.Wire;

namespace Gateway.Server.Proxy;

/// <summary>Errors of the gateway itself on OpenAI's routes, in OpenAI's shape; a destination's own errors pass as they are.</summary>
internal static class OpenAiError
{
    /// <summary>Answers with an error, unless the reply has begun: then the connection is cut, so that nobody takes a part for the whole.</summary>
    /// <param name="http">The request.</param>
    /// <param name="e">The error.</param>
    /// <param name="status">A status other than the kind's.</param>
    /// <param name="close">Whether the connection must end, since what follows on it cannot be told.</param>
    public static Task WriteAsync(HttpContext http, GatewayException e, int? status = null, bool close = false)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Clear();
        if (close)
        {
            http.Response.Headers.Connection = "close";
        }

        if (e.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        http.Response.Headers["X-Gateway-Error"] = e.Kind.Traits().Name;
        return WireEdge.WriteAsync(http, Reply(e, status ?? e.Kind.Traits().Status));
    }

    /// <summary>The error as a reply.</summary>
    public static WireReply Reply(GatewayException e, int status) => WireReply.Json(status, json =>
    {
        json.WriteStartObject("error");
        json.WriteString("message", e.Message);
        json.WriteString("type", status switch
        {
            StatusCodes.Status429TooManyRequests => "rate_limit_error",
            >= 500 => "server_error",
            _ => "invalid_request_error",
        });
        json.WriteString("code", e.Kind.Traits().Name);
        if (e.Errors is [{ Path: var param }])
        {
            json.WriteString("param", param);
        }
        else
        {
            json.WriteNull("param");
        }

        json.WriteEndObject();
    });
}
