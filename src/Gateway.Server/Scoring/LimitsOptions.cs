using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Scoring;

/// <summary>What one request may ask for and what the house holds at a time; the section <c>Gateway:Limits</c>.</summary>
public sealed class LimitsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway:Limits";

    /// <summary>Bytes of one request body.</summary>
    [Range(1024, int.MaxValue - 1024)]
    public int BodyBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Milliseconds in which a request's body must have arrived.</summary>
    [Range(1, 3_600_000)]
    public int BodyReadMs { get; set; } = 120_000;

    /// <summary>Responses of one request, over all its items.</summary>
    [Range(1, 1_000_000)]
    public int ResponsesPerRequest { get; set; } = 16_384;

    /// <summary>Turns of one conversation.</summary>
    [Range(1, 100_000)]
    public int MessagesPerItem { get; set; } = 1_024;

    /// <summary>Responses in flight over all requests; more are refused at once.</summary>
    [Range(1, 10_000_000)]
    public int ItemsInFlight { get; set; } = 32_768;

    /// <summary>Bytes of request bodies in flight; more are refused at once.</summary>
    [Range(1024, long.MaxValue)]
    public long BytesInFlight { get; set; } = 256L * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class LimitsOptionsShape : IValidateOptions<LimitsOptions>;

/// <summary>Checks the ranges of <see cref="LimitsOptions"/> and that one legal request fits the house.</summary>
internal sealed class LimitsOptionsValidator : IValidateOptions<LimitsOptions>
{
    private readonly LimitsOptionsShape _shape = new();

    public ValidateOptionsResult Validate(string? name, LimitsOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(_shape.Validate(name, options));
        if (options.ResponsesPerRequest > options.ItemsInFlight)
        {
            result.AddError(
                $"ResponsesPerRequest {options.ResponsesPerRequest} is above ItemsInFlight {options.ItemsInFlight}, so a legal request could never enter; raise ItemsInFlight or lower ResponsesPerRequest.",
                LimitsOptions.Section);
        }

        if (options.BodyBytes > options.BytesInFlight)
        {
            result.AddError(
                $"BodyBytes {options.BodyBytes} is above BytesInFlight {options.BytesInFlight}, so a legal request could never enter; raise BytesInFlight or lower BodyBytes.",
                LimitsOptions.Section);
        }

        return result.Build();
    }
}
