using Gateway.Core.Hardening;
using Gateway.Core.Hardening.Rules;
using Gateway.Core.Scoring;
using Gateway.Onnx;
using Gateway.Server.Configuration;
using Gateway.Server.Telemetry;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Scoring;

/// <summary>The room of the scoring path.</summary>
internal static class ScoringRoom
{
    /// <summary>Registers the hardening rules, one line each, and the policies.</summary>
    public static IServiceCollection AddHardening(this IServiceCollection services)
    {
        services.AddSection<HardeningOptions, HardeningOptionsValidator>(HardeningOptions.Section);
        services.AddSingleton<IHardeningRule, ContentFreeRule>();
        services.AddSingleton<IHardeningRule, ControlTokenRule>();
        services.AddSingleton<IHardeningRule, FakeCompletionRule>();
        services.AddSingleton<IHardeningRule, FakeTurnRule>();
        services.AddSingleton<IHardeningRule, ForgedVerdictRule>();
        services.AddSingleton<IHardeningRule, HomoglyphRule>();
        services.AddSingleton<IHardeningRule, InjectedInstructionRule>();
        services.AddSingleton<IHardeningRule, InvisibleCharacterRule>();
        services.AddSingleton<IHardeningRule, LengthBombRule>();
        services.AddSingleton<IHardeningRule, PraiseTheGraderRule>();
        services.AddSingleton<IHardeningRule, PromptCopyRule>();
        services.AddSingleton<IHardeningRule, RepetitionRule>();
        services.AddSingleton<IHardeningRule, ReplacementCharacterRule>();
        services.AddSingleton<IHardeningRule, TemplateBreakRule>();
        services.AddSingleton<HardeningPolicies>();
        services.AddSingleton<HardeningStep>();
        services.AddMetrics<HardeningMetrics>();
        return services;
    }

    /// <summary>Registers the kinds of models: one line each.</summary>
    public static IServiceCollection AddModels(this IServiceCollection services)
    {
        services.AddSection<OnnxOptions, OnnxOptionsValidator>(OnnxOptionsValidator.Section);
        services.AddSingleton<IRewardModelFactory>(all => new OnnxRewardModelFactory(
            all.GetRequiredService<IOptions<OnnxOptions>>().Value, all.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RewardModelKinds>();
        return services;
    }

    /// <summary>Registers the registry, admission and the orchestrator.</summary>
    public static IServiceCollection AddScoring(this IServiceCollection services)
    {
        services.AddSection<GatewayOptions, GatewayOptionsValidator>(GatewayOptions.Section);
        services.AddSection<LimitsOptions, LimitsOptionsValidator>(LimitsOptions.Section);
        services.AddSection<PatienceOptions, PatienceOptionsValidator>(PatienceOptions.Section);
        services.AddSingleton<ModelRegistry>();
        services.AddSingleton<Admission>();
        services.AddSingleton<SingleFlight>();
        services.AddSingleton<UnitScoring>();
        services.AddSingleton<ControlStep>();
        services.AddSingleton<ScoringService>();
        services.AddMetrics<ScoringMetrics>();
        services.AddMetrics<ControlMetrics>();
        return services;
    }
}

[OptionsValidator]
internal sealed partial class OnnxOptionsShape : IValidateOptions<OnnxOptions>;

/// <summary>Checks the ranges of <see cref="OnnxOptions"/> and that the queue of a model holds one legal request.</summary>
internal sealed class OnnxOptionsValidator(IConfiguration configuration) : IValidateOptions<OnnxOptions>
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway:Onnx";

    private readonly OnnxOptionsShape _shape = new();

    public ValidateOptionsResult Validate(string? name, OnnxOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(_shape.Validate(name, options));
        // Not as IOptions, whose own failures would be reported a second time.
        var most = (configuration.GetSection(LimitsOptions.Section).Get<LimitsOptions>() ?? new LimitsOptions()).ResponsesPerRequest;
        if (options.QueueItems < most)
        {
            result.AddError(
                $"QueueItems {options.QueueItems} is below {LimitsOptions.Section}:ResponsesPerRequest {most}, so a legal request would be refused for ever; raise QueueItems or lower ResponsesPerRequest.",
                Section);
        }

        return result.Build();
    }
}
