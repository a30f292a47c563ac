using System.Diagnostics.Metrics;
using Gateway.Core.Hardening;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Scoring;

/// <summary>What the hardening rules found, in <c>/metrics</c>: by rule, action and model, never by text.</summary>
internal sealed class HardeningMetrics
{
    private readonly Counter<long> _findings;

    /// <summary>Registers the counter.</summary>
    public HardeningMetrics(IMeterFactory meters) =>
        _findings = meters.Create(TelemetryRoom.Meters + "Hardening").CreateCounter<long>("gateway.hardening.findings", description: "Findings in judged texts.");

    /// <summary>Counts what was found in one unit for a model.</summary>
    public void Count(string model, IReadOnlyList<HardeningFinding> findings)
    {
        for (var i = 0; i < findings.Count; i++)
        {
            _findings.Add(
                1,
                new KeyValuePair<string, object?>("rule", findings[i].Rule),
                new KeyValuePair<string, object?>("action", findings[i].Action.ToString().ToLowerInvariant()),
                new KeyValuePair<string, object?>("model", model));
        }
    }
}
