using System.ComponentModel.DataAnnotations;

namespace Gateway.Onnx;

/// <summary>How in-process models run on this machine; bound from <c>Gateway:Onnx</c>.</summary>
public sealed class OnnxOptions
{
    /// <summary>What the models run on. Other providers than the CPU need a build with <c>-p:OnnxRuntime=Gpu</c>.</summary>
    [EnumDataType(typeof(ExecutionProvider))]
    public ExecutionProvider Provider { get; set; } = ExecutionProvider.Cpu;

    /// <summary>
    /// The devices to run on, by number, each once; workers are spread over them. Null is <c>[0]</c>: binding would append to a default list.
    /// Not used on the CPU.
    /// </summary>
    [MinLength(1)]
    public int[]? Devices { get; set; }

    /// <summary>Worker threads per model, each encoding and running one item at a time; 0 is one per core.</summary>
    [Range(0, 1024)]
    public int Workers { get; set; }

    /// <summary>How many items may wait per model; further ones are refused as overloaded.</summary>
    [Range(1, 16_777_216)]
    public int QueueItems { get; set; } = 32_768;

    /// <summary>The devices to open sessions on, with null resolved; the CPU is one.</summary>
    internal IReadOnlyList<int> DeviceNumbers => Provider == ExecutionProvider.Cpu ? [0] : Devices ?? [0];

    /// <summary>What is wrong with the devices; null for nothing.</summary>
    internal string? DevicesProblem =>
        DeviceNumbers.Count == 0 || DeviceNumbers.Any(device => device < 0) || DeviceNumbers.Distinct().Count() < DeviceNumbers.Count
            ? $"Gateway:Onnx:Devices is [{string.Join(", ", DeviceNumbers)}]; name at least one device, each by a number of at least 0 and once."
            : null;

    /// <summary>The number of worker threads, with 0 resolved.</summary>
    internal int WorkerCount => Workers > 0 ? Workers : Environment.ProcessorCount;
}

/// <summary>What a model runs on.</summary>
public enum ExecutionProvider
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>NVIDIA GPUs by CUDA.</summary>
    Cuda,

    /// <summary>NVIDIA GPUs by TensorRT, with CUDA for what it cannot run.</summary>
    TensorRt,
}
