using Gateway.Core.Aggregation;
using Gateway.Core.Judging;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Chat;

namespace Gateway.Server.Judging;

/// <summary>What a judge's <c>model.json</c> says.</summary>
internal sealed record JudgeManifest
{
    /// <summary>How the judge's engine is spoken to.</summary>
    public required ChatSettings Chat { get; init; }

    /// <summary>Which weights those are, in the operator's words: an address does not tell.</summary>
    public required string Revision { get; init; }

    /// <summary>The name of the style.</summary>
    public required string StyleName { get; init; }

    /// <summary>How it is asked and read.</summary>
    public required IJudgeStyle Style { get; init; }

    /// <summary>How it is shown what it judges.</summary>
    public required CaseSettings Case { get; init; }

    /// <summary>How it is sampled.</summary>
    public required JudgeSampling Sampling { get; init; }

    /// <summary>How many samples of each item are taken.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>How several samples become one.</summary>
    public VoteRule Votes { get; init; }

    /// <summary>Which samples are left out before.</summary>
    public VoteFilter Filter { get; init; }

    /// <summary>How many samples must have given a verdict; null: all.</summary>
    public int? Quorum { get; init; }

    /// <summary>How often an unreadable reply is shown its fault and asked for again.</summary>
    public int Repairs { get; init; } = 1;

    /// <summary>The principle of the catalogue to value where an item does not say; null for the one of <see cref="Case"/>, if any.</summary>
    public string? PrincipleName { get; init; }

    /// <summary>The principle of the catalogue whose rubric to go by where an item brings none; null for the one of <see cref="Case"/>, if any.</summary>
    public string? RubricName { get; init; }

    /// <summary>True where the manifest's rubric takes the place of criteria that cannot be generated.</summary>
    public bool FallsBack { get; init; }

    /// <summary>Whether the judge asks back, for each prompt, what it leaves open.</summary>
    public ContextUse Context { get; init; }

    /// <summary>True where the judge writes, for each prompt that comes without a rubric, what its scores mean.</summary>
    public bool GeneratesRubric { get; init; }

    /// <summary>What the judge writes for a prompt: always, or criteria where an item asks for them.</summary>
    public IGeneration Generation => GeneratesRubric ? new RubricGeneration() : Context == ContextUse.None ? new CriteriaGeneration() : new ContextGeneration();

    /// <summary>What an item can tell it; what is written for each prompt leaves no room for criteria that are.</summary>
    public GuidanceFields Guidance => Context == ContextUse.None && !GeneratesRubric ? Style.Guidance : Style.Guidance & ~GuidanceFields.GeneratedCriteria;

    /// <summary>Whether something is to be written before this item is judged.</summary>
    public bool GeneratesFor(JudgeCase judged, Guidance? guidance) =>
        Context != ContextUse.None || (GeneratesRubric && judged.Rubric is null) || guidance is { GeneratesCriteria: true };

    /// <summary>The fields that can change a score, in canonical form.</summary>
    public string Canonical { get; init; } = "";
}

/// <summary>Whether what a prompt leaves open is asked back before it is judged.</summary>
internal enum ContextUse
{
    /// <summary>No.</summary>
    None,

    /// <summary>Yes; where it cannot be had, the item fails.</summary>
    Required,

    /// <summary>Yes; where it cannot be had, the item is judged without, and the reply says so.</summary>
    Optional,
}

/// <summary>How a judge is sampled; part of its revision.</summary>
/// <param name="Temperature">The temperature; 0 is greedy, null leaves it to the engine.</param>
/// <param name="TopP">The share of the probability that is sampled from; null leaves it to the engine.</param>
/// <param name="TopK">The number of tokens that are sampled from; null leaves it to the engine.</param>
/// <param name="Seed">The seed of the first sample, each further one has the next; null sends none.</param>
/// <param name="MaxTokens">The most tokens of an answer, reasoning included.</param>
/// <param name="TopLogprobs">How many alternatives are asked for where probabilities are read.</param>
internal sealed record JudgeSampling(double? Temperature, double? TopP, int? TopK, int? Seed, int MaxTokens, int TopLogprobs);
