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

    /// <summary>
    /// Whether a rollout that could not be judged is answered with Gym's own failure row, which names its failure beside a reward of 0.0. Gym's evaluation
    /// leaves such rows out and can judge them again; NeMo RL trains on the 0.0, so by default a failure is an error instead.
    /// </summary>
    public bool FailureRows { get; set; }
}

[OptionsValidator]
internal sealed partial class NemoGymOptionsValidator : IValidateOptions<NemoGymOptions>;
