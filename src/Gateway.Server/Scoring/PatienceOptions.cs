using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Scoring;

/// <summary>
/// How long the clients of each dialect wait before they give up, in milliseconds: the deadline of their requests, and the longest expected wait
/// that is still admitted. The section <c>Gateway:PatienceMs</c>.
/// </summary>
public sealed class PatienceOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway:PatienceMs";

    private const int Hour = 3_600_000;

    /// <summary>Native requests that state no <c>timeout_ms</c>.</summary>
    [Range(1, Hour)]
    public int Native { get; set; } = 60_000;

    /// <summary>The highest <c>timeout_ms</c> that a native request may state.</summary>
    [Range(1, Hour)]
    public int NativeMost { get; set; } = 600_000;

    /// <summary>Scores as chat completions, whose clients wait 600 s.</summary>
    [Range(1, Hour)]
    public int ChatScore { get; set; } = 540_000;

    /// <summary>NeMo Gym, whose clients wait without limit.</summary>
    [Range(1, Hour)]
    public int NemoGym { get; set; } = 600_000;

    /// <summary>OpenRLHF, whose clients wait 180 s.</summary>
    [Range(1, Hour)]
    public int OpenRlhf { get; set; } = 150_000;

    /// <summary>RewardAnything, whose clients wait 30 s for each request of a call.</summary>
    [Range(1, Hour)]
    public int RewardAnything { get; set; } = 25_000;

    /// <summary>reward-kit, whose clients wait 30 s.</summary>
    [Range(1, Hour)]
    public int RewardKit { get; set; } = 25_000;

    /// <summary>slime, whose clients wait 120 s, time in their own connection pool included.</summary>
    [Range(1, Hour)]
    public int Slime { get; set; } = 100_000;

    /// <summary>vLLM's <c>/classify</c>; verl waits without limit and stalls meanwhile.</summary>
    [Range(1, Hour)]
    public int VllmClassify { get; set; } = 300_000;
}

[OptionsValidator]
internal sealed partial class PatienceOptionsShape : IValidateOptions<PatienceOptions>;

/// <summary>Checks the ranges of <see cref="PatienceOptions"/> and that the default of native requests is one that they may state.</summary>
internal sealed class PatienceOptionsValidator : IValidateOptions<PatienceOptions>
{
    private readonly PatienceOptionsShape _shape = new();

    public ValidateOptionsResult Validate(string? name, PatienceOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(_shape.Validate(name, options));
        if (options.Native > options.NativeMost)
        {
            result.AddError(
                $"Native {options.Native} is above NativeMost {options.NativeMost}, so no request could state its own default; raise NativeMost or lower Native.",
                PatienceOptions.Section);
        }

        return result.Build();
    }
}
