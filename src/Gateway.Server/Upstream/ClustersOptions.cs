using Gateway.Server.Configuration;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Upstream;

/// <summary>All clusters by name.</summary>
public sealed class ClustersOptions : Dictionary<string, ClusterOptions>
{
    /// <summary>No clusters.</summary>
    public ClustersOptions() : base(StringComparer.OrdinalIgnoreCase)
    {
    }
}

[OptionsValidator]
internal sealed partial class ClusterOptionsShape : IValidateOptions<ClusterOptions>;

[OptionsValidator]
internal sealed partial class DestinationOptionsShape : IValidateOptions<DestinationOptions>;

/// <summary>Checks every cluster and its destinations.</summary>
internal sealed class ClustersOptionsValidator : IValidateOptions<ClustersOptions>
{
    private readonly ClusterOptionsShape _cluster = new();
    private readonly DestinationOptionsShape _destination = new();

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ClustersOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        foreach (var (cluster, own) in options)
        {
            foreach (var failure in Problems(cluster, own))
            {
                result.AddError(failure);
            }
        }

        return result.Build();
    }

    /// <summary>What is wrong with one cluster, each with its path and remedy.</summary>
    public IEnumerable<string> Problems(string cluster, ClusterOptions own)
    {
        var path = $"{ClusterOptions.Section}:{cluster}";
        foreach (var failure in _cluster.Validate(path, own).Failures ?? [])
        {
            yield return SettingPath.Of(failure, path);
        }

        if (own.Destinations.Count == 0)
        {
            yield return $"{path}:Destinations is empty; add {path}:Destinations:<name>:Address.";
        }

        if (own.Destinations.Count > UpstreamCluster.MostDestinations)
        {
            yield return $"{path}:Destinations has {own.Destinations.Count} entries; a cluster has at most {UpstreamCluster.MostDestinations}: make two of it.";
        }

        if (own.DeadAfterMs is > 0 and < 2_000)
        {
            yield return $"{path}:DeadAfterMs is {own.DeadAfterMs}; the system counts in seconds: set 2000 or more, or 0 for never.";
        }

        if (!string.IsNullOrEmpty(own.Model) && EngineProbe.Of(own.Engine).Models is null)
        {
            yield return $"{path}:Model is '{own.Model}', but engine {own.Engine} has no route that names its model; remove it, or name another Engine.";
        }

        if (!string.IsNullOrEmpty(own.Model) && own.HealthCheck?.Active?.Enabled == false)
        {
            yield return $"{path}:Model is '{own.Model}', but without probes nobody asks for it; remove {path}:HealthCheck:Active:Enabled, or Model.";
        }

        if (own.HealthCheck?.Passive is not null || own.HealthCheck?.AvailableDestinationsPolicy is not null || own.HealthCheck?.Active?.Policy is not null)
        {
            yield return $"{path}:HealthCheck takes Active:Enabled, Interval, Timeout, Path and Query; remove the others, whose part BreakerFailures, BreakerPercent and BreakerOpenMs have.";
        }

        foreach (var (destination, at) in own.Destinations)
        {
            foreach (var failure in _destination.Validate($"{path}:Destinations:{destination}", at).Failures ?? [])
            {
                yield return SettingPath.Of(failure, $"{path}:Destinations:{destination}");
            }

            if (!Uri.TryCreate(at.Address, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                yield return $"{path}:Destinations:{destination}:Address is '{at.Address}'; write an address such as http://10.0.0.7:8000.";
            }
        }
    }
}
