using System.Globalization;
using Gateway.Core.Scoring;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Server.Upstream;

/// <summary>
/// Gives each request of a configured proxy route its place on a destination, on the one that was picked or, where that is full, in line;
/// and says afterwards how it went.
/// </summary>
internal static class RoutePlace
{
    /// <summary>Runs the rest of the pipeline with a place on a destination.</summary>
    public static async Task RunAsync(HttpContext http, RequestDelegate next)
    {
        var feature = http.GetReverseProxyFeature();
        var pool = http.RequestServices.GetRequiredService<UpstreamPool>();
        try
        {
            var picked = feature.AvailableDestinations.Count == 1 ? feature.AvailableDestinations[0] : null;
            using var lease = pool.Find(feature.Cluster.Config.ClusterId)?.TryLeaseOn(picked)
                ?? await pool.LeaseAsync(feature.Cluster.Config.ClusterId, PromptPrefix.None, [], http.RequestAborted);
            feature.AvailableDestinations = lease.State;
            http.Response.OnStarting(Begins, (http, lease));
            await next(http);
            Say(http, lease);
        }
        catch (GatewayException e)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = Math.Ceiling((e.RetryAfter ?? TimeSpan.FromSeconds(1)).TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client left while it waited in line; there is nobody to answer.
        }
    }

    private static Task Begins(object state)
    {
        var (http, lease) = ((HttpContext, DestinationLease))state;
        if (http.Response.StatusCode is < 424 or (> 424 and < 500 and not 429))
        {
            lease.Answers();
        }

        return Task.CompletedTask;
    }

    private static void Say(HttpContext http, DestinationLease lease)
    {
        switch (http.GetForwarderErrorFeature()?.Error ?? ForwarderError.None)
        {
            case ForwarderError.None when http.Response.StatusCode is 502 or 503 or 504:
                lease.Failed(FailureKind.Unavailable);
                break;
            case ForwarderError.None when http.Response.StatusCode == 429:
                lease.Failed(FailureKind.Busy);
                break;
            case ForwarderError.None when AttemptEnd.IsError(http.Response.StatusCode):
                lease.Failed(FailureKind.Errored);
                break;
            case ForwarderError.None:
                lease.Succeeded();
                break;
            case ForwarderError.Request:
                lease.Failed(AttemptEnd.Unsent(http.GetForwarderErrorFeature()!.Exception));
                break;
            case ForwarderError.RequestTimedOut:
                lease.Failed(FailureKind.TimedOut);
                break;
            case ForwarderError.ResponseHeaders or ForwarderError.ResponseBodyDestination or ForwarderError.RequestBodyDestination:
                lease.Failed(FailureKind.Broken);
                break;
        }
    }
}
