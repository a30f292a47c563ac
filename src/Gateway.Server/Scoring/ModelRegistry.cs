using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Core.Manifest;
using Gateway.Core.Scoring;
using Gateway.Server.Judging.Juries;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Scoring;

/// <summary>The served models by name and alias. Filled once, before the port opens; a model may be renewed afterwards.</summary>
internal sealed partial class ModelRegistry(RewardModelKinds kinds, IOptions<GatewayOptions> options, TimeProvider clock, ILogger<ModelRegistry> log)
    : IAsyncDisposable
{
    private const string Manifest = "model.json";

    private readonly GatewayOptions _options = options.Value;
    private volatile FrozenDictionary<string, ModelEntry> _byName = FrozenDictionary<string, ModelEntry>.Empty;
    private volatile IReadOnlyList<ModelEntry> _entries = [];
    private volatile ModelEntry? _default;

    /// <summary>The served models, sorted by name.</summary>
    public IReadOnlyList<ModelEntry> Entries => _entries;

    /// <summary>The model that answers where a request names none, if one does.</summary>
    public ModelEntry? Default => _default;

    /// <summary>Loads, checks and warms up every model.</summary>
    /// <exception cref="StartupException">Something does not fit; all problems of all models are listed.</exception>
    public async Task LoadAsync(CancellationToken cancellation)
    {
        var problems = new List<string>();
        var entries = await new ModelLoading(ModelFolders(problems), LoadAsync, problems).LoadAsync(cancellation);
        _entries = entries;
        _byName = ByName(entries, problems).ToFrozenDictionary(StringComparer.Ordinal);
        CheckConfiguration(problems);
        if (problems.Count > 0)
        {
            throw new StartupException(problems);
        }
    }

    /// <summary>True where a model has that name or alias.</summary>
    public bool Knows(string name) => _byName.ContainsKey(name);

    /// <summary>The model of that name or alias; the default where the name is null, or unknown and <paramref name="fallBack"/> is set.</summary>
    /// <exception cref="GatewayException">There is none: <see cref="ErrorKind.UnknownModel"/>.</exception>
    public ModelEntry Find(string? name, bool fallBack = false)
    {
        if (name is not null && _byName.TryGetValue(name, out var entry))
        {
            return entry;
        }

        if ((name is null || fallBack) && Default is not null)
        {
            return Default;
        }

        throw new GatewayException(ErrorKind.UnknownModel, name is null
            ? $"The request names no model and Gateway:DefaultModel is not set; name one of {Known()}."
            : $"No model is named '{Shown(name)}'; known are {Known()}.");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var entry in Entries)
        {
            switch (entry.Model)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }

    [GeneratedRegex("^[A-Za-z0-9._-]+$")]
    private static partial Regex NamePattern { get; }

    private async Task<ModelEntry> LoadAsync(string folder, Func<string, CancellationToken, Task<IRewardModel>> partAsync, CancellationToken cancellation)
    {
        var name = Path.GetFileName(folder);
        if (!NamePattern.IsMatch(name))
        {
            throw new StartupException([$"Model '{name}': the folder's name has other characters than A-Z a-z 0-9 . _ -; rename it."]);
        }

        var factory = kinds.Find(KindOf(folder) ?? "") ?? throw new StartupException(
            [$"Model '{name}': {Manifest} has no known \"kind\"; this gateway knows {string.Join(", ", kinds.Names)}."]);
        var own = _options.Models.GetValueOrDefault(name) ?? new ModelOptions();
        var started = clock.GetTimestamp();
        var deployment = new ModelDeployment(own.Truncation, own.Reasoning, own.MaxTokens);
        var source = new ModelSource(name, folder, deployment)
        {
            PartAsync = async (part, token) => await partAsync(part, token) is var loaded && loaded is IRenewedModel renewed
                ? new CurrentModel(renewed, named => _byName.GetValueOrDefault(named)?.Model)
                : loaded,
            Renew = Renew,
        };
        var model = await factory.LoadAsync(source, cancellation);
        model = Smoothed(model, own.Smoothing);
        LogLoaded(name, model.Revision, clock.GetElapsedTime(started).TotalMilliseconds);
        return new ModelEntry(model, own.Aliases, clock.GetUtcNow(), new ModelLoad(model.Concurrency))
        {
            PolicyTemplate = TemplateOf(model, own.Template),
            Caches = own.Cache,
            Controls = own.Controls,
            CacheTtl = own.CacheTtlSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    private static ChatTemplate? TemplateOf(IRewardModel model, string? preset)
    {
        if (string.IsNullOrEmpty(preset))
        {
            return null;
        }

        var setting = $"Gateway:Models:{model.Name}:Template";
        return !model.NeedsConversation ? throw new StartupException([$"{setting} is for judges and juries of them; this model reads templated text by its own template, so remove it."])
            : ChatTemplatePresets.Find(preset) ?? throw new StartupException([$"{setting} is '{preset}'; {Nearest.Hint(preset, ChatTemplatePresets.Names)}"]);
    }

    /// <summary>Puts a model in the place of the one of its name; requests under way end with the one that they began with.</summary>
    private void Renew(IRewardModel model)
    {
        var before = _byName[model.Name];
        var after = before with { Model = model };
        ModelEntry Renewed(ModelEntry entry) => ReferenceEquals(entry, before) ? after : entry;
        _entries = [.. _entries.Select(Renewed)];
        _byName = _byName.ToFrozenDictionary(named => named.Key, named => Renewed(named.Value), StringComparer.Ordinal);
        _default = _default is { } known ? Renewed(known) : null;
        LogRenewed(model.Name, before.Model.Revision, model.Revision);
    }

    private static IRewardModel Smoothed(IRewardModel model, SmoothingOptions smoothing)
    {
        if (smoothing.Variants.Length == 0)
        {
            return model;
        }

        return model is { Granularity: Granularity.Pointwise, Guidance: GuidanceFields.None } and not JuryRewardModel
            ? new SmoothedRewardModel(model, smoothing)
            : throw new StartupException([$"Gateway:Models:{model.Name}:Smoothing is for scalar reward models, and {model.Name} is a judge or a jury; leave it out, and set 'samples' in a judge's manifest."]);
    }

    private static string? KindOf(string folder)
    {
        try
        {
            using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, Manifest)));
            return manifest.RootElement.ValueKind == JsonValueKind.Object
                && manifest.RootElement.TryGetProperty("kind", out var kind)
                && kind.ValueKind == JsonValueKind.String ? kind.GetString() : null;
        }
        catch (JsonException e)
        {
            throw new StartupException([$"Model '{Path.GetFileName(folder)}': {Manifest} is not JSON (line {e.LineNumber + 1}): correct it."]);
        }
    }

    private List<string> ModelFolders(List<string> problems)
    {
        var root = FolderSearch.Find(_options.ModelsFolder);
        if (root is null)
        {
            problems.Add($"Gateway:ModelsFolder '{_options.ModelsFolder}' is not there; create it, or set an absolute path.");
            return [];
        }

        var folders = Directory.GetDirectories(root).Order(StringComparer.Ordinal).ToList();
        foreach (var folder in folders.Where(folder => !File.Exists(Path.Combine(folder, Manifest))))
        {
            problems.Add($"Model '{Path.GetFileName(folder)}': {folder} has no {Manifest}; add one, or move the folder out of {root}.");
        }

        if (folders.Count == 0)
        {
            problems.Add($"{root} holds no model; put one folder per model there.");
        }

        return [.. folders.Where(folder => File.Exists(Path.Combine(folder, Manifest)))];
    }

    private static Dictionary<string, ModelEntry> ByName(List<ModelEntry> entries, List<string> problems)
    {
        var byName = new Dictionary<string, ModelEntry>(StringComparer.Ordinal);
        foreach (var (name, entry) in entries.SelectMany(entry => entry.Aliases.Prepend(entry.Model.Name).Select(name => (name, entry))))
        {
            if (!byName.TryAdd(name, entry))
            {
                problems.Add($"'{name}' names both {byName[name].Model.Name} and {entry.Model.Name}; give one of them another alias.");
            }
        }

        return byName;
    }

    private void CheckConfiguration(List<string> problems)
    {
        var names = Entries.Select(entry => entry.Model.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in _options.Models.Keys.Where(name => !names.Contains(name) && problems.Count == 0))
        {
            problems.Add($"Gateway:Models:{name} configures a model that is not there; known are {Known()}.");
        }

        foreach (var entry in Entries.Where(entry => entry is { Controls.Enabled: true, Model: JuryRewardModel }))
        {
            problems.Add($"Gateway:Models:{entry.Model.Name}:Controls:Enabled is true and {entry.Model.Name} is a jury; set it for its jurors.");
        }

        foreach (var entry in Entries.Where(entry => entry is { Controls: { Enabled: true, Margin: null }, Model: not JuryRewardModel } && entry.Model.RangeOf(null) is null))
        {
            problems.Add(
                $"Gateway:Models:{entry.Model.Name}:Controls:Enabled is true and its scores have no scale to take a margin from; set Gateway:Models:{entry.Model.Name}:Controls:Margin, in units of its score.");
        }

        _default = string.IsNullOrEmpty(_options.DefaultModel) ? null : _byName.GetValueOrDefault(_options.DefaultModel);
        if (!string.IsNullOrEmpty(_options.DefaultModel) && Default is null && problems.Count == 0)
        {
            problems.Add($"Gateway:DefaultModel '{_options.DefaultModel}' is not there; known are {Known()}. Name one of them, or set it empty.");
        }
    }

    private string Known() => _byName.Count == 0 ? "none" : string.Join(", ", Entries.Select(entry => entry.Model.Name));

    private static string Shown(string name) => name.Length <= 100 ? name : string.Concat(name.AsSpan(0, 100), "…");

    [LoggerMessage(Level = LogLevel.Information, Message = "{Model} goes by what it follows as it is now: revision {Before} is {After} from here on")]
    private partial void LogRenewed(string model, string before, string after);

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving {Model}, revision {Revision}, loaded and warmed up in {Milliseconds:0} ms")]
    private partial void LogLoaded(string model, string revision, double milliseconds);
}
