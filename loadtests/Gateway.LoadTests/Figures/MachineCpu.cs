using System.Globalization;

namespace Gateway.LoadTests.Figures;

/// <summary>Processor time of the whole machine from /proc/stat, to see what else was running while something was measured.</summary>
/// <param name="Busy">All processors together, stolen time included.</param>
internal readonly record struct MachineCpu(TimeSpan Busy)
{
    private const double TicksPerSecond = 100;

    /// <summary>The counters now; zero where there is no /proc.</summary>
    public static MachineCpu Read()
    {
        if (!File.Exists("/proc/stat"))
            return default;

        // cpu user nice system idle iowait irq softirq steal
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        var busy = fields[0] + fields[1] + fields[2] + fields[5] + fields[6] + fields[7];
        return new MachineCpu(TimeSpan.FromSeconds(busy / TicksPerSecond));
    }
}
