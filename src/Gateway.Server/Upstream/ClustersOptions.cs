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
            yield return failure;
        }

        if (own.Destinations.Count == 0)
        {
            yield return $"{path}:Destinations is empty; add {path}:Destinations:<name>:Address.";
        }

        foreach (var (destination, at) in own.Destinations)
        {
            foreach (var failure in _destination.Validate($"{path}:Destinations:{destination}", at).Failures ?? [])
            {
                yield return failure;
            }

            if (!Uri.TryCreate(at.Address, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                yield return $"{path}:Destinations:{destination}:Address is '{at.Address}'; write an address such as http://10.0.0.7:8000.";
            }
        }
    }
}
