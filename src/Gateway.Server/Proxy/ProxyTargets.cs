using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Gateway.Server.Upstream;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Proxy;

/// <summary>Which cluster a model's name means.</summary>
internal sealed class ProxyTargets(UpstreamPool pool, ModelRegistry models, IOptions<ProxyOptions> options)
{
    private const int MostShown = 20;

    /// <summary>The clusters that requests pass through to, sorted by name.</summary>
    public IEnumerable<UpstreamCluster> Clusters => pool.Clusters.Where(cluster => cluster.Options.PassThrough.Enabled).OrderBy(cluster => cluster.Name, StringComparer.Ordinal);

    /// <summary>The cluster of that name; the default cluster where there is no name.</summary>
    /// <exception cref="GatewayException">There is none, or a scored model has the name.</exception>
    public UpstreamCluster Find(string? name)
    {
        if (name is null)
        {
            return string.IsNullOrEmpty(options.Value.DefaultCluster) ? throw NoName() : Enabled(options.Value.DefaultCluster) ?? throw Unknown(options.Value.DefaultCluster);
        }

        if (models.Knows(name))
        {
            throw Fault(ErrorKind.InvalidRequest, $"'{Shown(name)}' is a reward model of this gateway, which scores and writes no text; send it to /v1/score or /v1/chat/completions.");
        }

        return Enabled(name) ?? Declared(name) ?? throw Unknown(name);
    }

    /// <summary>Checks that no name means two things.</summary>
    /// <exception cref="StartupException">One does; all are listed.</exception>
    public void Check()
    {
        var problems = new List<string>();
        var names = new Dictionary<string, UpstreamCluster>(StringComparer.Ordinal);
        foreach (var (name, cluster) in Clusters.SelectMany(cluster => cluster.Options.PassThrough.Models.Append(cluster.Name).Distinct().Select(name => (name, cluster))))
        {
            var path = $"{ClusterOptions.Section}:{cluster.Name}";
            if (models.Knows(name))
            {
                problems.Add($"'{name}' names a reward model and cluster {cluster.Name}; rename one of them, or set {path}:PassThrough:Enabled to false.");
            }

            if (!names.TryAdd(name, cluster))
            {
                problems.Add($"'{name}' names both clusters {names[name].Name} and {cluster.Name}; take it out of {path}:PassThrough:Models.");
            }
        }

        if (options.Value.DefaultCluster is { Length: > 0 } fallBack && Enabled(fallBack) is null)
        {
            problems.Add($"{ProxyOptions.Section}:DefaultCluster '{fallBack}' is no cluster that takes requests; known are {Known()}.");
        }

        if (problems.Count > 0)
        {
            throw new StartupException(problems);
        }
    }

    private UpstreamCluster? Enabled(string name) =>
        pool.Find(name) is { } cluster && cluster.Options.PassThrough.Enabled && cluster.Name == name ? cluster : null;

    private UpstreamCluster? Declared(string name)
    {
        UpstreamCluster? found = null;
        foreach (var cluster in pool.Clusters)
        {
            if (cluster.Options.PassThrough is { Enabled: true, Models: { Length: > 0 } declared } && Array.IndexOf(declared, name) >= 0)
            {
                // Refused at the start, but settings change while the gateway runs.
                found = found is null ? cluster : throw Twice(name, found.Name, cluster.Name);
            }
        }

        return found;
    }

    private static GatewayException Twice(string name, string one, string other)
    {
        var (first, second) = string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
        return Fault(
            ErrorKind.InvalidRequest,
            $"'{Shown(name)}' names both clusters {first} and {second}; send one of these names, or take it out of {ClusterOptions.Section}:{second}:PassThrough:Models.");
    }

    private GatewayException NoName() => Fault(
        ErrorKind.InvalidRequest, $"The request names no model and {ProxyOptions.Section}:DefaultCluster is not set; send model, one of {Known()}.");

    private GatewayException Unknown(string name) => Fault(ErrorKind.UnknownModel, $"No model is named '{Shown(name)}'; known are {Known()}.");

    private string Known()
    {
        var names = Clusters.SelectMany(cluster => cluster.Options.PassThrough.Models.Prepend(cluster.Name)).ToArray();
        return names.Length == 0 ? "none, since Gateway:Clusters has no cluster" : string.Join(", ", names.Take(MostShown)) + (names.Length > MostShown ? ", …" : "");
    }

    private static GatewayException Fault(ErrorKind kind, string message) => new(kind, message, [new FieldError("model", message)]);

    private static string Shown(string name) => name.Length <= 100 ? name : string.Concat(name.AsSpan(0, 100), "…");
}
