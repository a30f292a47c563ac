using System.ComponentModel.DataAnnotations;
using Gateway.Core.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>How NeMo Gym's routes answer; the section <c>Gateway:NemoGym</c>.</summary>
public sealed class NemoGymOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway:NemoGym";

    /// <summary>Which responses <c>/compare</c> compares at a pairwise judge.</summary>
    [EnumDataType(typeof(Pairing))]
    public Pairing Pairing { get; set; } = Pairing.Default;

    /// <summary>
    /// How many rollouts of a prompt <c>/verify</c> waits for at a model that sees responses together, so that they are judged against each other; 1 for none.
    /// </summary>
    [Range(1, 1024)]
    public int RolloutsPerPrompt { get; set; } = 1;
}

[OptionsValidator]
internal sealed partial class NemoGymOptionsValidator : IValidateOptions<NemoGymOptions>;
