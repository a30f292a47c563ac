using Gateway.Server.Upstream;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Gateway.Server.Proxy;

/// <summary>
/// The header rules of the lane on the operator's own routes, which YARP forwards: see <see cref="ProxyHeaders"/>. They apply to what the client
/// and the destination sent, before the route's own transforms, so that what an operator sets stays.
/// </summary>
internal sealed class RouteTransforms(ClusterFilter clusters) : ITransformProvider
{
    /// <inheritdoc/>
    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    /// <inheritdoc/>
    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    /// <inheritdoc/>
    public void Apply(TransformBuilderContext context)
    {
        var options = context.Cluster is null ? new ClusterOptions() : clusters.Options(context.Cluster);
        // YARP adds where a request came from unless it is told otherwise.
        context.UseDefaultForwarders ??= false;
        context.AddRequestTransform(request =>
        {
            Rewrite(request, options);
            return ValueTask.CompletedTask;
        });
        LastToFirst(context.RequestTransforms);
        context.AddResponseTransform(reply =>
        {
            Rewrite(reply, options);
            return ValueTask.CompletedTask;
        });
        LastToFirst(context.ResponseTransforms);
    }

    private static void Rewrite(RequestTransformContext context, ClusterOptions options)
    {
        var headers = context.ProxyRequest.Headers;
        var named = ProxyHeaders.Named(context.HttpContext.Request.Headers.Connection);
        foreach (var name in headers.NonValidated.Select(header => header.Key).ToArray())
        {
            // A change of protocol is YARP's own matter.
            if (ProxyHeaders.Stays(name, options.PassThrough.ForwardCredentials)
                || (named?.Contains(name) == true && !name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase)))
            {
                headers.Remove(name);
            }
        }

        if (options.Authorization is { Length: > 0 } authorization)
        {
            headers.Remove("Authorization");
            headers.TryAddWithoutValidation("Authorization", authorization);
        }
    }

    private static void Rewrite(ResponseTransformContext context, ClusterOptions options)
    {
        var headers = context.HttpContext.Response.Headers;
        headers.Remove("Server");
        headers.Remove("Via");
        if (!options.PassThrough.ForwardCredentials)
        {
            headers.Remove("Set-Cookie");
        }

        if (context.ProxyResponse?.Headers.NonValidated.TryGetValues("Connection", out var connection) == true)
        {
            foreach (var name in ProxyHeaders.Named(connection.ToString()) ?? [])
            {
                if (!name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase) && !name.Equals("Connection", StringComparison.OrdinalIgnoreCase))
                {
                    headers.Remove(name);
                }
            }
        }
    }

    private static void LastToFirst<T>(IList<T> all)
    {
        var last = all[^1];
        all.RemoveAt(all.Count - 1);
        all.Insert(0, last);
    }
}
