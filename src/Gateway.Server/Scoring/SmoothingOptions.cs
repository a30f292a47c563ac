using System.ComponentModel.DataAnnotations;
using Gateway.Core.Hardening;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Scoring;

/// <summary>How a scalar model's scores are smoothed; the section <c>Gateway:Models:&lt;name&gt;:Smoothing</c>.</summary>
public sealed class SmoothingOptions
{
    /// <summary>The variants of a response that are scored beside it; none: its own score is given.</summary>
    [MaxLength(6)]
    public ResponseVariant[] Variants { get; set; } = [];

    /// <summary>What becomes of the scores.</summary>
    [EnumDataType(typeof(SmoothingReduction))]
    public SmoothingReduction Reduction { get; set; } = SmoothingReduction.Median;
}

/// <summary>How the scores of a response's variants become one.</summary>
public enum SmoothingReduction
{
    /// <summary>The one in the middle; of two in the middle their mean.</summary>
    Median,

    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The lowest.</summary>
    Lowest,
}

[OptionsValidator]
internal sealed partial class SmoothingOptionsValidator : IValidateOptions<SmoothingOptions>;
