using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Judging;

/// <summary>What a judge's tokens cost, in the operator's currency.</summary>
public sealed class JudgePrices
{
    private const double Million = 1_000_000;

    /// <summary>The price of a million tokens of prompts.</summary>
    [Range(0.0, 1_000_000.0)]
    public double PromptPerMillion { get; set; }

    /// <summary>The price of a million tokens of replies, reasoning included.</summary>
    [Range(0.0, 1_000_000.0)]
    public double CompletionPerMillion { get; set; }

    /// <summary>What these tokens cost.</summary>
    public double Cost(long promptTokens, long completionTokens) =>
        ((promptTokens * PromptPerMillion) + (completionTokens * CompletionPerMillion)) / Million;
}

/// <summary>Checks the ranges of <see cref="JudgePrices"/>.</summary>
[OptionsValidator]
internal sealed partial class JudgePricesValidator : IValidateOptions<JudgePrices>;
