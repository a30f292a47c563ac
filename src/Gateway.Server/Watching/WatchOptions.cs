using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Watching;

/// <summary>When responses look like those of a policy that collapses; the section <c>Gateway:Watch</c>.</summary>
public sealed class WatchOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway:Watch";

    /// <summary>Whether responses are watched.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Training runs that are watched at a time, each per model; the one unseen for longest is forgotten.</summary>
    [Range(1, 10_000)]
    public int Runs { get; set; } = 64;

    /// <summary>Latest responses of a run that are looked at together.</summary>
    [Range(64, 65_536)]
    public int Window { get; set; } = 1_024;

    /// <summary>Different prompts that a window must hold before sameness says anything.</summary>
    [Range(2, 65_536)]
    public int Prompts { get; set; } = 32;

    /// <summary>How many points of percent more of the prompts than before got one same, or nearly same, response.</summary>
    [Range(1, 100)]
    public int SamePercent { get; set; } = 30;

    /// <summary>The percent of prompts with one same response that is too many, whatever was before.</summary>
    [Range(1, 100)]
    public int SameAlwaysPercent { get; set; } = 90;

    /// <summary>By how many percent the median length fell.</summary>
    [Range(1, 99)]
    public int ShrinkPercent { get; set; } = 60;

    /// <summary>By how many percent of a standard deviation the mean score rose, while diversity fell.</summary>
    [Range(1, 10_000)]
    public int RewardRisePercent { get; set; } = 50;

    /// <summary>By how many percent diversity fell, while the mean score rose.</summary>
    [Range(1, 99)]
    public int DiversityDropPercent { get; set; } = 40;

    /// <summary>How many more responses in a thousand than before have findings.</summary>
    [Range(1, 1_000)]
    public int FindingsPerThousand { get; set; } = 100;

    /// <summary>Seconds in which one alarm of one run is raised once.</summary>
    [Range(1, 30 * 86_400)]
    public int CooldownSeconds { get; set; } = 900;

    /// <summary>Where alarms are posted as JSON. Null or empty: they are only logged and shown.</summary>
    public string? Webhook { get; set; }

    /// <summary>Milliseconds that one post may take.</summary>
    [Range(1, 600_000)]
    public int WebhookMs { get; set; } = 5_000;
}

[OptionsValidator]
internal sealed partial class WatchOptionsShape : IValidateOptions<WatchOptions>;

/// <summary>Checks the ranges of <see cref="WatchOptions"/>, that a window can hold its prompts, and the webhook's address.</summary>
internal sealed class WatchOptionsValidator : IValidateOptions<WatchOptions>
{
    private readonly WatchOptionsShape _shape = new();

    public ValidateOptionsResult Validate(string? name, WatchOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(_shape.Validate(name, options));
        if (options.Prompts > options.Window)
        {
            result.AddError(
                $"Prompts {options.Prompts} is above Window {options.Window}, so sameness could never be seen; raise Window or lower Prompts.",
                WatchOptions.Section);
        }

        // Never the address itself: many webhooks have a secret in it.
        if (!string.IsNullOrEmpty(options.Webhook) &&
            (!Uri.TryCreate(options.Webhook, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
        {
            result.AddError("it is no http or https address; write it in full, or leave it out to log alarms only.", "Gateway:Watch:Webhook");
        }

        return result.Build();
    }
}
