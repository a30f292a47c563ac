using System.ComponentModel.DataAnnotations;
using Gateway.Core.Hardening;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Scoring;

/// <summary>The control answers of one model; the section <c>Gateway:Models:&lt;name&gt;:Controls</c>.</summary>
public sealed class ControlOptions
{
    /// <summary>The most answers of a set: each is judged once for every prompt.</summary>
    public const int MostAnswers = 16;

    /// <summary>Whether responses are held against control answers where a request does not say.</summary>
    public bool Enabled { get; set; }

    /// <summary>By how much a score has to be above that of every control, in units of the score; null for a twentieth of the scale, where there is one.</summary>
    [Range(0, 1e300)]
    public double? Margin { get; set; }

    /// <summary>The score of what earns nothing: controls no further above it than the margin are passed over. Null for the lowest of the scale, where there is one.</summary>
    [Range(-1e300, 1e300)]
    public double? Bottom { get; set; }

    /// <summary>The answers in place of those that come with the gateway.</summary>
    [MaxLength(MostAnswers)]
    public string[] Answers { get; set; } = [];

    /// <summary>The answers to judge.</summary>
    internal ControlSet Set => Answers.Length == 0 ? ControlSet.BuiltIn : new ControlSet("declared", Answers);
}

[OptionsValidator]
internal sealed partial class ControlOptionsValidator : IValidateOptions<ControlOptions>;
