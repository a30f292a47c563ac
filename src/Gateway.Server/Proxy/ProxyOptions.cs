using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Proxy;

/// <summary>How requests pass through to clusters; the section <c>Gateway:Proxy</c>.</summary>
public sealed class ProxyOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway:Proxy";

    /// <summary>The cluster that answers where a request names no model. Empty: none does.</summary>
    public string? DefaultCluster { get; set; }

    /// <summary>The most bytes of one body that passes through.</summary>
    [Range(1024, long.MaxValue)]
    public long BodyBytes { get; set; } = 1024L * 1024 * 1024;

    /// <summary>Bodies up to this many bytes are held whole, so that another destination can get them; longer ones stream.</summary>
    [Range(0, 1_073_741_824)]
    public int ReplayBytes { get; set; } = 1024 * 1024;

    /// <summary>How far into a longer body its <c>model</c> is looked for, and the most bytes that are translated.</summary>
    [Range(1024, 1_073_741_824)]
    public int ScanBytes { get; set; } = 16 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class ProxyOptionsShape : IValidateOptions<ProxyOptions>;

/// <summary>Checks the ranges of <see cref="ProxyOptions"/> and that what is held whole is also scanned.</summary>
internal sealed class ProxyOptionsValidator : IValidateOptions<ProxyOptions>
{
    private readonly ProxyOptionsShape _shape = new();

    public ValidateOptionsResult Validate(string? name, ProxyOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(_shape.Validate(name, options));
        if (options.ReplayBytes > options.ScanBytes)
        {
            result.AddError($"ReplayBytes {options.ReplayBytes} is above ScanBytes {options.ScanBytes}; raise ScanBytes or lower ReplayBytes.", ProxyOptions.Section);
        }

        return result.Build();
    }
}
