namespace Gateway.Core.Scoring;

/// <summary>Makes the reward models of one kind; registered once, found by the <c>kind</c> of a manifest.</summary>
public interface IRewardModelFactory
{
    /// <summary>The kind as a manifest names it.</summary>
    string Kind { get; }

    /// <summary>Loads, checks and warms up one model.</summary>
    /// <exception cref="StartupException">Something does not fit; all problems are listed, each with its remedy.</exception>
    Task<IRewardModel> LoadAsync(ModelSource source, CancellationToken cancellation);
}

/// <summary>Where a model comes from and how this deployment uses it.</summary>
/// <param name="Name">Its registry name, the name of its folder.</param>
/// <param name="Folder">The folder with its manifest.</param>
/// <param name="Deployment">How this deployment uses it.</param>
public sealed record ModelSource(string Name, string Folder, ModelDeployment Deployment)
{
    /// <summary>Another served model by its name, loaded first, for one that is made of others; fails with a <see cref="StartupException"/> where it cannot be had.</summary>
    public Func<string, CancellationToken, Task<IRewardModel>> PartAsync { get; init; } =
        static (name, _) => throw new StartupException([$"no model is named '{name}'."]);

    /// <summary>Called with the model that takes this one's place for requests to come, where something changed that it follows.</summary>
    public Action<IRewardModel> Renew { get; init; } = static _ => { };
}
