using Gateway.Core.Aggregation;
using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream.Remote;

/// <summary>What a remote model's <c>model.json</c> says.</summary>
internal sealed record RemoteManifest
{
    /// <summary>The cluster whose destinations serve it.</summary>
    public required string Cluster { get; init; }

    /// <summary>Which weights those are, in the operator's words: an address does not tell.</summary>
    public required string Revision { get; init; }

    /// <summary>The model's name at the engine; null leaves it out.</summary>
    public string? UpstreamModel { get; init; }

    /// <summary>In which form the engine gets what is judged.</summary>
    public RemoteForm Form { get; init; }

    /// <summary>The chat template; null where conversations cannot be written as one text.</summary>
    public ChatTemplate? Template { get; init; }

    /// <summary>The token at the beginning of a text, once; null leaves the beginning alone.</summary>
    public string? Bos { get; init; }

    /// <summary>The token at the end of a text, once; null leaves the end alone.</summary>
    public string? Eos { get; init; }

    /// <summary>The model's control tokens beyond those that hardening knows.</summary>
    public IReadOnlyList<string> ControlTokens { get; init; } = [];

    /// <summary>The most tokens of one text; null where nobody said.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The most bytes of one text, for engines that count no tokens and cut without a word; null where nobody said.</summary>
    public int? MaxBytes { get; init; }

    /// <summary>The most texts of one call.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>What each of the engine's numbers stands for.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [Reward];

    /// <summary>Which of <see cref="Labels"/> is the score.</summary>
    public int Label { get; init; }

    /// <summary>True where the model's own logits lie between 0 and 1, so that this is no sign of a sigmoid.</summary>
    public bool UnitInterval { get; init; }

    /// <summary>Where its scores were calibrated; null where nobody said.</summary>
    public ScoreRange? Range { get; init; }

    /// <summary>How an engine's rows become a score.</summary>
    public Pooling Pooling { get; init; }

    /// <summary>How a response is cut into steps; null where steps are not judged.</summary>
    public StepRules? Steps { get; init; }

    /// <summary>The tensors of an inference server; null for other engines.</summary>
    public TensorNames? Tensors { get; init; }

    /// <summary>The fields that can change a score, in canonical form.</summary>
    public string Canonical { get; init; } = "";

    /// <summary>What the one number of a reward model stands for, where the manifest does not say.</summary>
    public const string Reward = "reward";
}

/// <summary>How an engine's rows become a score.</summary>
internal enum Pooling
{
    /// <summary>One row for the whole text.</summary>
    Sequence,

    /// <summary>A row for every token, of which the last counts.</summary>
    LastToken,

    /// <summary>A row for every step.</summary>
    Steps,
}

/// <summary>How a response is cut into steps, and how their scores become one.</summary>
/// <param name="Tag">Written after every step; the engine scores at its place.</param>
/// <param name="Separator">What lies between the steps of a response.</param>
/// <param name="Reduction">How the steps' scores become one.</param>
internal sealed record StepRules(string Tag, string Separator, StepReduction Reduction);

/// <summary>The tensors of a model on an inference server of the Open Inference Protocol.</summary>
/// <param name="Input">The input of type BYTES that takes the texts.</param>
/// <param name="Output">The output with the logits.</param>
/// <param name="Columns">True where texts go as a column, <c>[n, 1]</c>, and not as <c>[n]</c>.</param>
/// <param name="Binary">True where tensors travel as bytes behind the JSON.</param>
/// <param name="Version">The model's version; null leaves it to the server.</param>
internal sealed record TensorNames(string Input, string Output, bool Columns, bool Binary, string? Version);
