using Gateway.Server.Upstream;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Gateway.Server.Proxy;

/// <summary>The header rules of the lane on the operator's own routes, which YARP forwards: see <see cref="ProxyHeaders"/>.</summary>
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
            Rewrite(request.ProxyRequest, options);
            return ValueTask.CompletedTask;
        });
        context.AddResponseTransform(reply =>
        {
            var headers = reply.HttpContext.Response.Headers;
            headers.Remove("Server");
            headers.Remove("Via");
            if (!options.PassThrough.ForwardCredentials)
            {
                headers.Remove("Set-Cookie");
            }

            return ValueTask.CompletedTask;
        });
    }

    private static void Rewrite(HttpRequestMessage request, ClusterOptions options)
    {
        foreach (var name in request.Headers.NonValidated.Select(header => header.Key).ToArray())
        {
            if (ProxyHeaders.IsClaim(name) || (!options.PassThrough.ForwardCredentials && ProxyHeaders.IsCredential(name)))
            {
                request.Headers.Remove(name);
            }
        }

        if (options.Authorization is { Length: > 0 } authorization)
        {
            request.Headers.Remove("Authorization");
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }
    }
}
