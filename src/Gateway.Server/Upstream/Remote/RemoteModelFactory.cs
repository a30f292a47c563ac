using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Manifest;
using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream.Remote;

/// <summary>Loads the models of one remote kind: reads the manifest, checks it against the cluster. No engine is asked: it may come up later.</summary>
internal sealed class RemoteModelFactory(IUpstreamProtocol protocol, UpstreamPool pool, TimeProvider clock) : IRewardModelFactory
{
    /// <summary>Bumped when what is sent for the same manifest and item changes, so that older stored scores are misses.</summary>
    private const int WireVersion = 1;

    private const int DigestBytes = 8;

    /// <inheritdoc/>
    public string Kind => protocol.Kind;

    /// <inheritdoc/>
    public async Task<IRewardModel> LoadAsync(ModelSource source, CancellationToken cancellation)
    {
        var problems = new List<string>();
        var json = await File.ReadAllBytesAsync(Path.Combine(source.Folder, ManifestText.FileName), cancellation);
        var manifest = new RemoteManifestReader(protocol).Read(json, problems);
        if (manifest is not null)
        {
            CheckCluster(manifest, problems);
            manifest = CheckDeployment(manifest, source, problems);
        }

        return manifest is not null && problems.Count == 0
            ? new RemoteRewardModel(protocol, manifest, source, Revision(manifest, source.Deployment), pool, clock)
            : throw new StartupException([.. problems.Select(problem => $"Model '{source.Name}': {problem}")]);
    }

    private void CheckCluster(RemoteManifest manifest, List<string> problems)
    {
        if (pool.Find(manifest.Cluster) is not { } cluster)
        {
            var known = pool.Clusters.Select(one => one.Name).Order(StringComparer.Ordinal).ToArray();
            problems.Add(
                $"'cluster' is '{manifest.Cluster}', which is not configured; add {ClusterOptions.Section}:{manifest.Cluster}:Destinations:<name>:Address. "
                + (known.Length == 0 ? "No cluster is configured." : Nearest.Hint(manifest.Cluster, known)));
        }
        else if (cluster.Options.Engine is var runs && runs != Engine.None && runs != protocol.Traits.Engine)
        {
            problems.Add(
                $"the kind '{protocol.Kind}' speaks to {protocol.Traits.Engine}, but {ClusterOptions.Section}:{manifest.Cluster}:Engine is {runs}; correct one of them.");
        }
    }

    private RemoteManifest CheckDeployment(RemoteManifest manifest, ModelSource source, List<string> problems)
    {
        var (truncation, _, maxTokens) = source.Deployment;
        if (truncation != Truncation.Error)
        {
            problems.Add($"Gateway:Models:{source.Name}:Truncation is {truncation}; text for another server is never cut here, so set it to {Truncation.Error}.");
        }

        if (maxTokens is not { } lower)
        {
            return manifest;
        }

        if (!protocol.Traits.Keys.Contains("max_tokens"))
        {
            problems.Add($"Gateway:Models:{source.Name}:MaxTokens is {lower}, but engines of kind '{protocol.Kind}' count no tokens; set 'max_bytes' in the manifest.");
        }
        else if (lower > manifest.MaxTokens)
        {
            problems.Add($"Gateway:Models:{source.Name}:MaxTokens is {lower}; it must lie between 1 and the manifest's 'max_tokens', {manifest.MaxTokens}.");
        }

        return manifest with { MaxTokens = lower };
    }

    private static string Revision(RemoteManifest manifest, ModelDeployment deployment)
    {
        var all = string.Join('\n', WireVersion, manifest.Canonical, deployment.Reasoning, manifest.MaxTokens);
        return $"{manifest.Revision}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)).AsSpan(0, DigestBytes))}";
    }
}
