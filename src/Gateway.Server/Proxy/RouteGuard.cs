using Gateway.Core.Scoring;
using Microsoft.AspNetCore.Routing.Patterns;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Server.Proxy;

/// <summary>
/// Refuses routes of <c>Gateway:Routes</c> that would take requests from the gateway's own. Wider ones, such as a catch-all, may stay: the
/// gateway's paths win over them. Hosts, methods and headers that narrow a route are not looked at, since then it would shadow for some requests.
/// </summary>
internal sealed class RouteGuard : IProxyConfigFilter
{
    private IReadOnlyList<RoutePattern> _own = [];

    /// <summary>Takes every route that is mapped so far under its protection.</summary>
    public void Protect(IEndpointRouteBuilder routes) =>
        _own = [.. routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern)];

    /// <inheritdoc/>
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel) => ValueTask.FromResult(cluster);

    /// <inheritdoc/>
    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel)
    {
        var pattern = RoutePatternFactory.Parse(route.Match.Path ?? "/{**all}");
        return _own.FirstOrDefault(own => Meet(pattern, own) && (route.Order < 0 || pattern.InboundPrecedence <= own.InboundPrecedence)) is { } shadowed
            ? throw new StartupException(
                [$"Gateway:Routes:{route.RouteId} ({route.Match.Path ?? "every path"}) takes requests from the gateway's own {shadowed.RawText}; give it another path{(route.Order < 0 ? ", or no Order below 0" : "")}."])
            : ValueTask.FromResult(route);
    }

    /// <summary>True where some path fits both.</summary>
    private static bool Meet(RoutePattern one, RoutePattern other)
    {
        var (left, right) = (one.PathSegments, other.PathSegments);
        for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
        {
            if (IsCatchAll(left, i) || IsCatchAll(right, i))
            {
                return true;
            }

            if (i >= left.Count || i >= right.Count)
            {
                return (i < left.Count ? left : right).Skip(i).All(IsOptional);
            }

            if (left[i] is { IsSimple: true, Parts: [RoutePatternLiteralPart a] } && right[i] is { IsSimple: true, Parts: [RoutePatternLiteralPart b] }
                && !a.Content.Equals(b.Content, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsCatchAll(IReadOnlyList<RoutePatternPathSegment> segments, int i) =>
        i < segments.Count && segments[i].Parts is [RoutePatternParameterPart { IsCatchAll: true }];

    private static bool IsOptional(RoutePatternPathSegment segment) =>
        segment.Parts is [RoutePatternParameterPart { IsOptional: true } or RoutePatternParameterPart { Default: not null }];
}
