using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream.Remote;

/// <summary>What an engine gave for one text: a raw logit, or why that is none.</summary>
internal readonly record struct EngineScore
{
    private EngineScore(double value, int tokens, IReadOnlyList<double>? steps, Failure? failure) =>
        (Value, Tokens, Steps, Failure) = (value, tokens, steps, failure);

    /// <summary>The raw logit.</summary>
    public double Value { get; }

    /// <summary>Tokens that the engine read; 0 where it does not say.</summary>
    public int Tokens { get; private init; }

    /// <summary>The steps' log-odds of being good, where the model judges steps.</summary>
    public IReadOnlyList<double>? Steps { get; }

    /// <summary>Why there is no logit.</summary>
    public Failure? Failure { get; }

    /// <summary>True where the engine has not shown yet that it gives raw logits: the number may be a sigmoid's.</summary>
    public bool Unproven { get; init; }

    /// <summary>A logit.</summary>
    public static EngineScore Of(double value, int tokens = 0, IReadOnlyList<double>? steps = null) =>
        double.IsFinite(value) && steps?.All(double.IsFinite) != false
            ? new EngineScore(value, tokens, steps, null)
            : Failed(ErrorKind.InvalidScore, "the engine gave a score that is no finite number");

    /// <summary>No logit; the message goes on after the model's name and a colon.</summary>
    public static EngineScore Failed(ErrorKind kind, string message) => new(0, 0, null, new Failure(kind, message));

    /// <summary>The same with another count of tokens.</summary>
    public EngineScore Reading(int tokens) => Failure is null ? this with { Tokens = tokens } : this;
}
