using Gateway.Core.Manifest;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>One pass over the models' folders: each is loaded once, and what a model is made of before it.</summary>
/// <param name="folders">The folders, sorted.</param>
/// <param name="load">Loads the model of a folder, with the others that it may ask for.</param>
/// <param name="problems">Where what does not fit is added.</param>
internal sealed class ModelLoading(
    IReadOnlyList<string> folders, Func<string, Func<string, CancellationToken, Task<IRewardModel>>, CancellationToken, Task<ModelEntry>> load, List<string> problems)
{
    private readonly Dictionary<string, ModelEntry?> _loaded = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];

    /// <summary>All models that could be loaded, in the order of the folders.</summary>
    public async Task<List<ModelEntry>> LoadAsync(CancellationToken cancellation)
    {
        foreach (var folder in folders)
        {
            await LoadAsync(folder, cancellation);
        }

        return [.. folders.Select(folder => _loaded[folder]).OfType<ModelEntry>()];
    }

    private async Task<ModelEntry?> LoadAsync(string folder, CancellationToken cancellation)
    {
        if (_loaded.TryGetValue(folder, out var known))
        {
            return known;
        }

        var name = Path.GetFileName(folder);
        ModelEntry? entry = null;
        _path.Add(name);
        try
        {
            entry = await load(folder, PartAsync, cancellation);
        }
        catch (StartupException e)
        {
            problems.AddRange(e.Problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The framework's message names the file.
            problems.Add($"Model '{name}': {e.Message.TrimEnd('.')}; make it readable to the gateway.");
        }
        finally
        {
            _path.RemoveAt(_path.Count - 1);
        }

        return _loaded[folder] = entry;
    }

    private async Task<IRewardModel> PartAsync(string name, CancellationToken cancellation)
    {
        if (_path.Contains(name))
        {
            throw new StartupException([$"'{name}' would be made of itself: {string.Join(" → ", _path.SkipWhile(other => other != name))} → {name}; take one of them out."]);
        }

        var folder = folders.FirstOrDefault(folder => Path.GetFileName(folder) == name)
            ?? throw new StartupException([$"no model is named '{name}'; {Nearest.Hint(name, folders.Select(folder => Path.GetFileName(folder)!))}"]);
        return (await LoadAsync(folder, cancellation))?.Model
            ?? throw new StartupException([$"'{name}' could not be loaded; mend what is said of it."]);
    }
}
