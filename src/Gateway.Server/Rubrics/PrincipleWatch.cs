using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Rubrics;

/// <summary>Looks at the folder of principles again and again: file events do not reach every mount, and looking costs milliseconds.</summary>
internal sealed class PrincipleWatch(PrincipleCatalog catalog, IOptions<GatewayOptions> options, TimeProvider clock) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.Value.PrinciplesPollMs), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                catalog.Look();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }
}
