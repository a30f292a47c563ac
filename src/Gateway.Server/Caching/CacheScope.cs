using Gateway.Server.Scoring;

namespace Gateway.Server.Caching;

/// <summary>What a drop is about.</summary>
internal enum CacheScopeKind
{
    /// <summary>All scores of the model of a name.</summary>
    Model,

    /// <summary>All scores of a revision, under whatever name it is served.</summary>
    Revision,
}

/// <summary>One model's or one revision's scores.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Name">The model's name, or the revision.</param>
internal readonly record struct CacheScope(CacheScopeKind Kind, string Name)
{
    /// <summary>The two scopes whose generations decide about a model's scores.</summary>
    public static CacheScope[] Of(ModelEntry entry) => [new(CacheScopeKind.Model, entry.Model.Name), new(CacheScopeKind.Revision, entry.Model.Revision)];
}
