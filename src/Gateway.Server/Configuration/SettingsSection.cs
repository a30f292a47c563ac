using Microsoft.Extensions.Options;

namespace Gateway.Server.Configuration;

/// <summary>One section of the settings and the options type that it fills; told to <see cref="SettingsCheck"/>.</summary>
/// <param name="Path">The section's path.</param>
/// <param name="Type">The options type.</param>
internal sealed record SettingsSection(string Path, Type Type);

/// <summary>Registers sections.</summary>
internal static class SettingsSections
{
    /// <summary>Binds a section to its options, checked at start-up.</summary>
    public static IServiceCollection AddSection<TOptions, TValidator>(this IServiceCollection services, string path)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.AddSingleton(new SettingsSection(path, typeof(TOptions)));
        services.AddOptionsWithValidateOnStart<TOptions, TValidator>().BindConfiguration(path);
        return services;
    }
}
