using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Judging;

/// <summary>How much one judge is asked at a time and in a minute, over all requests of the process.</summary>
public sealed class JudgeLimitsOptions
{
    /// <summary>Calls in flight.</summary>
    [Range(1, 1_000_000)]
    public int MaxConcurrency { get; set; } = 256;

    /// <summary>Calls begun in any 60 seconds; null: no limit.</summary>
    [Range(1, 100_000_000)]
    public int? RequestsPerMinute { get; set; }

    /// <summary>Tokens of prompts and replies in any 60 seconds; null: no limit.</summary>
    [Range(1L, 1_000_000_000_000L)]
    public long? TokensPerMinute { get; set; }
}

/// <summary>Checks the ranges of <see cref="JudgeLimitsOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class JudgeLimitsOptionsValidator : IValidateOptions<JudgeLimitsOptions>;
