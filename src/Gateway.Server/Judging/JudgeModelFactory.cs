using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Manifest;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;
using Gateway.Server.Rubrics;

namespace Gateway.Server.Judging;

/// <summary>Loads judges: reads the manifest and its files, checks them against the cluster. No engine is asked: it may come up later.</summary>
internal sealed class JudgeModelFactory(JudgeChats chats, TextCache texts, PrincipleCatalog principles) : IRewardModelFactory
{
    /// <summary>Bumped when what is sent for the same manifest and item, what is read from a reply, or which scores are stored changes, so that older stored scores are misses.</summary>
    private const int JudgingVersion = 3;

    private const int DigestBytes = 8;
    private const int LargestFile = 1024 * 1024;

    /// <inheritdoc/>
    public string Kind => JudgeManifestReader.Kind;

    /// <inheritdoc/>
    public async Task<IRewardModel> LoadAsync(ModelSource source, CancellationToken cancellation)
    {
        var problems = new List<string>();
        var json = await File.ReadAllBytesAsync(Path.Combine(source.Folder, ManifestText.FileName), cancellation);
        var manifest = new JudgeManifestReader(file => ReadFile(source.Folder, file), chats.EngineOf).Read(json, problems);
        if (manifest is not null)
        {
            chats.Check(manifest.Chat.Cluster, problems);
            if (principles.IsLoaded)
            {
                JudgePrinciples.Resolve(manifest, principles.Current, problems);
            }
        }

        CheckDeployment(source, problems);
        if (manifest is null || problems.Count > 0)
        {
            throw new StartupException([.. problems.Select(problem => $"Model '{source.Name}': {problem}")]);
        }

        manifest = manifest with { Case = manifest.Case with { Reasoning = source.Deployment.Reasoning } };
        var limits = chats.LimitsOf(source.Name);
        var chat = chats.Make(source.Name, manifest.Chat, limits);
        var judge = new JudgePrinciples(source, manifest, resolved => Make(source, resolved, chat, limits));
        if (JudgePrinciples.Names(manifest))
        {
            principles.Follow(judge);
        }

        return judge.Make(principles.Current);
    }

    private JudgeRewardModel Make(ModelSource source, JudgeManifest manifest, JudgeChat chat, JudgeLimits limits)
    {
        var revision = Revision(manifest, source.Deployment);
        var question = new JudgeQuestion(chat, manifest, chats.PricesOf(source.Name));
        var generation = new JudgeGeneration(manifest.Generation, question, texts, revision, MakeshiftOf(manifest));
        return new JudgeRewardModel(source, manifest, revision, question, generation, limits)
        {
            Concurrency = chats.ConcurrencyOf(source.Name, manifest.Chat.Cluster),
        };
    }

    private static void CheckDeployment(ModelSource source, List<string> problems)
    {
        var (truncation, _, maxTokens) = source.Deployment;
        if (truncation != Truncation.Error)
        {
            problems.Add($"Gateway:Models:{source.Name}:Truncation is {truncation}; text for another server is never cut here, so set it to {Truncation.Error}.");
        }

        if (maxTokens is not null)
        {
            problems.Add($"Gateway:Models:{source.Name}:MaxTokens is {maxTokens}; a judge's engine counts its tokens itself, so remove it, or set 'context_tokens' in the manifest.");
        }
    }

    // A name, not a path: a manifest reads what lies beside it and nothing else.
    private static string? ReadFile(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        if (Path.GetFileName(file) != file || !File.Exists(path) || new FileInfo(path).Length > LargestFile)
        {
            return null;
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static Makeshift? MakeshiftOf(JudgeManifest manifest) =>
        manifest.Context == ContextUse.Optional ? new Makeshift("without context", judged => judged)
        : manifest.FallsBack ? new Makeshift("rubric", judged => judged.WithCriteria(manifest.Case.Rubric!.Criteria))
        : null;

    private static string Revision(JudgeManifest manifest, ModelDeployment deployment)
    {
        var all = string.Join('\n', JudgingVersion, manifest.Canonical, deployment.Reasoning, manifest.Style.Identity, manifest.Generation.Identity);
        return $"{manifest.Revision}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)).AsSpan(0, DigestBytes))}";
    }
}
