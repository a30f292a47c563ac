using System.ComponentModel.DataAnnotations;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Configuration;
using Gateway.Server.Judging;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Scoring;

/// <summary>Which models are served and how; the configuration section <c>Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway";

    /// <summary>The folder whose subfolders are models. A relative path is looked for in the working directory, then beside and above the program.</summary>
    [Required]
    public string ModelsFolder { get; set; } = "models";

    /// <summary>The folder whose files are principles, found like the models'. Empty: there are none.</summary>
    public string? PrinciplesFolder { get; set; } = "principles";

    /// <summary>Milliseconds between two looks at that folder; a change is taken once two looks saw the same.</summary>
    public int PrinciplesPollMs { get; set; } = 2_000;

    /// <summary>The model that answers where a request names none, and on compatibility routes where it names an unknown one. Empty: none does.</summary>
    public string? DefaultModel { get; set; }

    /// <summary>How this deployment uses each model, by the model's name.</summary>
    public Dictionary<string, ModelOptions> Models { get; set; } = [];
}

/// <summary>How this deployment uses one model; the section <c>Gateway:Models:&lt;name&gt;</c>.</summary>
public sealed class ModelOptions
{
    /// <summary>Other names that this model answers to: any strings, such as a checkpoint path that a trainer sends.</summary>
    public string[] Aliases { get; set; } = [];

    /// <summary>What happens to text longer than the model reads.</summary>
    [EnumDataType(typeof(Truncation))]
    public Truncation Truncation { get; set; } = Truncation.Error;

    /// <summary>Whether the <c>&lt;think&gt;</c> part of a response is scored.</summary>
    [EnumDataType(typeof(Reasoning))]
    public Reasoning Reasoning { get; set; } = Reasoning.Keep;

    /// <summary>For a judge or a jury of some, the chat template of the policies whose templated text it is sent: the name of a preset; null takes none.</summary>
    public string? Template { get; set; }

    /// <summary>A lower limit of tokens than the manifest's; null keeps the manifest's.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxTokens { get; set; }

    /// <summary>The hardening policy of requests that ask for none: a name.</summary>
    [Required]
    public string Hardening { get; set; } = "default";

    /// <summary>The raw score that a floored response gets; null turns floors into flags.</summary>
    [Range(-1e300, 1e300)]
    public double? Floor { get; set; }

    /// <summary>Answers known to be bad that its scores are held against.</summary>
    [ValidateObjectMembers]
    public ControlOptions Controls { get; set; } = new();

    /// <summary>For a scalar model, variants of a response that its score is reduced from.</summary>
    [ValidateObjectMembers]
    public SmoothingOptions Smoothing { get; set; } = new();

    /// <summary>Whether its scores are stored and stored ones answer.</summary>
    public bool Cache { get; set; } = true;

    /// <summary>For a judge, how much it is asked at a time and in a minute.</summary>
    [ValidateObjectMembers]
    public JudgeLimitsOptions Limits { get; set; } = new();

    /// <summary>For a judge, what its tokens cost.</summary>
    [ValidateObjectMembers]
    public JudgePrices Prices { get; set; } = new();

    /// <summary>Seconds that its scores are kept; null keeps them as long as others.</summary>
    [Range(1, 10 * 365 * 86_400)]
    public int? CacheTtlSeconds { get; set; }
}

[OptionsValidator]
internal sealed partial class ModelOptionsValidator : IValidateOptions<ModelOptions>;

/// <summary>Checks <see cref="GatewayOptions"/> and every model's options in it.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    private readonly ModelOptionsValidator _model = new();

    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.ModelsFolder))
        {
            result.AddError("it is empty; name the folder that holds one folder per model.", "Gateway:ModelsFolder");
        }

        if (options.PrinciplesPollMs is < 100 or > 3_600_000)
        {
            result.AddError($"it is {options.PrinciplesPollMs}; set 100 to 3600000.", "Gateway:PrinciplesPollMs");
        }

        foreach (var (model, own) in options.Models)
        {
            var path = $"Gateway:Models:{model}";
            foreach (var failure in _model.Validate(path, own).Failures ?? [])
            {
                result.AddError(SettingPath.Of(failure, path));
            }

            if (own.Controls.Answers.Distinct(StringComparer.Ordinal).Count() < own.Controls.Answers.Length)
            {
                result.AddError("an answer is there twice; each is judged once for every prompt.", $"Gateway:Models:{model}:Controls:Answers");
            }

            if (own.Smoothing.Variants.Any(variant => !Enum.IsDefined(variant)))
            {
                result.AddError($"a variant is one of {string.Join(", ", Enum.GetNames<ResponseVariant>())}.", $"Gateway:Models:{model}:Smoothing:Variants");
            }

            if (own.Aliases.Any(string.IsNullOrWhiteSpace))
            {
                result.AddError("an alias is empty; remove it.", $"Gateway:Models:{model}:Aliases");
            }
        }

        return result.Build();
    }
}
