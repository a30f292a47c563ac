using System.Diagnostics;

namespace Gateway.Server.Telemetry;

/// <summary>
/// Continues the trace that a request belongs to, so that the calls made for it belong to it too. A request without one starts none: a trace that
/// nobody collects costs every call some of its time. The host does the same for all requests once something listens to its traces.
/// </summary>
internal sealed class TraceContext(RequestDelegate next)
{
    /// <summary>Passes the request on, within its trace where it has one.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        return headers.TraceParent.Count == 1 && Activity.Current is null
            && ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out _)
            ? ContinueAsync(http)
            : next(http);
    }

    private async Task ContinueAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        using var activity = new Activity("Gateway.Request").SetParentId(headers.TraceParent.ToString());
        activity.TraceStateString = headers.TraceState;
        foreach (var (name, value) in Baggage(headers))
        {
            activity.AddBaggage(name, value);
        }

        activity.Start();
        await next(http);
    }

    private static IEnumerable<KeyValuePair<string, string?>> Baggage(IHeaderDictionary headers) =>
        DistributedContextPropagator.Current.ExtractBaggage(headers, static (from, name, out value, out values) =>
            (value, values) = (((IHeaderDictionary)from!)[name], null)) ?? [];
}
