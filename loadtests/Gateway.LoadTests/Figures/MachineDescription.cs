using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Gateway.LoadTests.Figures;

/// <summary>What a reader needs to know of the machine; no names of it.</summary>
internal static class MachineDescription
{
    /// <summary>One line per fact.</summary>
    public static IReadOnlyList<string> Lines() =>
    [
        $"Processor: {Environment.ProcessorCount} × {Fact("/proc/cpuinfo", "model name", ':') ?? RuntimeInformation.ProcessArchitecture.ToString()}",
        $"Memory: {Memory()}",
        $"System: {Fact("/etc/os-release", "PRETTY_NAME", '=')?.Trim('"') ?? RuntimeInformation.OSDescription}, kernel {Environment.OSVersion.Version}",
        $"Runtime: {RuntimeInformation.FrameworkDescription}, ONNX Runtime {OrtEnv.Instance().GetVersionString()}",
    ];

    private static string Memory() =>
        Fact("/proc/meminfo", "MemTotal", ':') is { } text && double.TryParse(text.Split(' ')[0], CultureInfo.InvariantCulture, out var kilobytes)
            ? string.Create(CultureInfo.InvariantCulture, $"{kilobytes / (1 << 20):0.0} GiB")
            : "unknown";

    private static string? Fact(string file, string name, char separator) =>
        File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(separator, 2)[1].Trim()
            : null;
}
