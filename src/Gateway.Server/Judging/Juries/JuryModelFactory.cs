using Gateway.Core.Manifest;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Judging.Juries;

/// <summary>Seats juries: reads the manifest and finds the jurors among the served models.</summary>
/// <param name="scoring">The orchestrator, asked for once models are served.</param>
/// <param name="options">How models are used.</param>
/// <param name="metrics">Where votes are counted.</param>
internal sealed class JuryModelFactory(Func<ScoringService> scoring, IOptions<GatewayOptions> options, JuryMetrics metrics) : IRewardModelFactory
{
    /// <inheritdoc/>
    public string Kind => JuryManifestReader.Kind;

    /// <inheritdoc/>
    public async Task<IRewardModel> LoadAsync(ModelSource source, CancellationToken cancellation)
    {
        var problems = new List<string>();
        var json = await File.ReadAllBytesAsync(Path.Combine(source.Folder, ManifestText.FileName), cancellation);
        var manifest = JuryManifestReader.Read(json, problems);
        var parts = new List<IRewardModel>();
        foreach (var juror in manifest?.Jurors ?? [])
        {
            try
            {
                parts.Add(await source.PartAsync(juror.Model, cancellation));
            }
            catch (StartupException fault)
            {
                problems.AddRange(fault.Problems.Select(problem => $"juror '{juror.Name}': {problem}"));
                continue;
            }

            if (juror.Principle is not null && !parts[^1].Guidance.HasFlag(GuidanceFields.Principle))
            {
                problems.Add($"juror '{juror.Name}': '{juror.Model}' cannot be told a principle; leave 'principle' out, or name a judge that can.");
            }

            if (OptionsOf(juror.Model).Floor is not null && OptionsOf(source.Name).Floor is null)
            {
                problems.Add($"juror '{juror.Name}': '{juror.Model}' has a floor, which is no juror's score, and the jury has none; set Gateway:Models:{source.Name}:Floor.");
            }
        }

        CheckDeployment(source, problems);
        return problems.Count == 0
            ? new JuryRewardModel(source.Name, manifest!, parts, scoring, metrics)
            : throw new StartupException([.. problems.Select(problem => $"Model '{source.Name}': {problem}")]);
    }

    private ModelOptions OptionsOf(string model) => options.Value.Models.GetValueOrDefault(model) ?? new ModelOptions();

    // Nothing that is set is passed over: these hold for models that read texts or store scores.
    private void CheckDeployment(ModelSource source, List<string> problems)
    {
        var (own, usual) = (OptionsOf(source.Name), new ModelOptions());
        (string Name, bool IsSet)[] settings =
        [
            ("Truncation", own.Truncation != usual.Truncation), ("Reasoning", own.Reasoning != usual.Reasoning), ("MaxTokens", own.MaxTokens is not null),
            ("Cache", own.Cache != usual.Cache), ("CacheTtlSeconds", own.CacheTtlSeconds is not null),
        ];
        problems.AddRange(settings.Where(setting => setting.IsSet).Select(setting =>
            $"Gateway:Models:{source.Name}:{setting.Name} says nothing of a jury; set it for its jurors."));
    }
}
