using Gateway.Core.Scoring;
using Gateway.Onnx.Manifest;
using Gateway.Onnx.Running;
using Gateway.Onnx.Text;
using Gateway.Onnx.Tokens;

namespace Gateway.Onnx;

/// <summary>Loads the model folders of kind <c>onnx</c>: reads, checks, warms up.</summary>
public sealed class OnnxRewardModelFactory(OnnxOptions options, TimeProvider time) : IRewardModelFactory
{
    /// <inheritdoc/>
    public string Kind => ManifestReader.Kind;

    /// <inheritdoc/>
    public Task<IRewardModel> LoadAsync(ModelSource source, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var problems = new List<string>();
        if (options.DevicesProblem is { } wrongDevices)
        {
            problems.Add(wrongDevices);
        }

        var folder = ModelFolder.Read(source.Folder, problems);
        var maxTokens = folder is null ? 0 : MaxTokensOf(folder.Manifest, source, problems);
        var sessions = new List<OnnxSession>();
        try
        {
            if (folder is { GraphIsWhole: true })
            {
                OpenAndCheck(folder, maxTokens, source.Name, sessions, problems);
            }

            var revision = folder is not null && problems.Count == 0 ? ModelRevision.Of(folder, source.Deployment, options.Provider, problems) : null;
            if (folder is not { Pieces: { } pieces } || revision is null)
            {
                throw new StartupException([.. problems.Select(problem => $"Model '{source.Name}': {problem}")]);
            }

            var rules = RulesOf(source, folder.Manifest, pieces, maxTokens);
            var plan = new OneRow(sessions, folder.Manifest, rules, options, time);
            return Task.FromResult<IRewardModel>(new OnnxRewardModel(rules, revision, plan, sessions));
        }
        catch
        {
            sessions.ForEach(session => session.Dispose());
            throw;
        }
    }

    private static int MaxTokensOf(ModelManifest manifest, ModelSource source, List<string> problems)
    {
        if (source.Deployment.MaxTokens is not { } lower)
        {
            return manifest.MaxTokens;
        }

        if (lower < 1 || (manifest.MaxTokens > 0 && lower > manifest.MaxTokens))
        {
            problems.Add($"Gateway:Models:{source.Name}:MaxTokens is {lower}; it must lie between 1 and the manifest's 'max_tokens', {manifest.MaxTokens}.");
            return manifest.MaxTokens;
        }

        return lower;
    }

    private void OpenAndCheck(ModelFolder folder, int maxTokens, string modelName, List<OnnxSession> sessions, List<string> problems)
    {
        try
        {
            foreach (var device in options.DevicesProblem is null ? options.DeviceNumbers : [])
            {
                sessions.Add(OnnxSession.Open(folder.GraphPath, options.Provider, device));
            }
        }
        catch (StartupException fault)
        {
            problems.AddRange(fault.Problems);
            return;
        }

        if (sessions.Count == 0)
        {
            return;
        }

        var before = problems.Count;
        OnnxGraph.Check(sessions[0].Inference, folder.Manifest, problems);
        foreach (var session in problems.Count == before ? sessions : [])
        {
            WarmUp.Run(session, folder.Manifest, maxTokens, modelName, problems);
        }
    }

    private static EncodingRules RulesOf(ModelSource source, ModelManifest manifest, PieceTable pieces, int maxTokens)
    {
        var model = pieces.Model;
        var own = model.Pieces
            .Select((piece, id) => KeyValuePair.Create(piece, id))
            .Where(entry => entry.Key.Kind is PieceKind.Control or PieceKind.UserDefined)
            .Select(entry => KeyValuePair.Create(entry.Key.ToString(), entry.Value));
        var further = manifest.ControlTokens.Select(token => KeyValuePair.Create(token, model.IdOf(token)!.Value));
        return new EncodingRules(
            source.Name,
            pieces,
            new ControlTokens(own.Concat(further).DistinctBy(token => token.Key)),
            manifest.Template,
            manifest.Bos is null ? null : model.IdOf(manifest.Bos),
            manifest.Eos is null ? null : model.IdOf(manifest.Eos),
            maxTokens,
            source.Deployment.Truncation,
            source.Deployment.Reasoning)
        {
            Range = manifest.Range,
        };
    }
}
