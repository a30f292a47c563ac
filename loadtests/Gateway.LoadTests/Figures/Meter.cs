using System.Diagnostics;
using Gateway.LoadTests.Load;

namespace Gateway.LoadTests.Figures;

/// <summary>Reads processor times around a window.</summary>
/// <param name="server">The scoring process's clock; null where this process scores.</param>
internal sealed class Meter(Func<TimeSpan>? server)
{
    private TimeSpan _server;
    private TimeSpan _own;
    private MachineCpu _machine;

    /// <summary>Marks the window's opening.</summary>
    public void Open()
    {
        _server = server?.Invoke() ?? TimeSpan.Zero;
        _own = Own();
        _machine = MachineCpu.Read();
    }

    /// <summary>Reads the clocks at the window's end.</summary>
    public Measurement Close(long items, TimeSpan elapsed, LatencySummary? latency, long failed)
    {
        var machine = MachineCpu.Read().Busy - _machine.Busy;
        var own = Own() - _own;
        var other = (server?.Invoke() ?? TimeSpan.Zero) - _server;
        return new Measurement(
            items, elapsed, server is null ? own : other, server is null ? TimeSpan.Zero : own, machine - own - other, latency, failed);
    }

    private static TimeSpan Own()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }
}
