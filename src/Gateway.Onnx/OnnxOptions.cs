using System.ComponentModel.DataAnnotations;

namespace Gateway.Onnx;

/// <summary>How in-process models run on this machine; bound from <c>Gateway:Onnx</c>.</summary>
public sealed class OnnxOptions
{
    /// <summary>What the models run on. Other providers than the CPU need a build with <c>-p:OnnxRuntime=Gpu</c>.</summary>
    [EnumDataType(typeof(ExecutionProvider))]
    public ExecutionProvider Provider { get; set; } = ExecutionProvider.Cpu;

    /// <summary>The devices to run on, by number; workers are spread over them. Not used on the CPU.</summary>
    [Required]
    [MinLength(1)]
    public int[] Devices { get; set; } = [0];

    /// <summary>Worker threads per model, each encoding and running one item at a time; 0 is one per core.</summary>
    [Range(0, 1024)]
    public int Workers { get; set; }

    /// <summary>How many items may wait per model; further ones are refused as overloaded.</summary>
    [Range(1, 16_777_216)]
    public int QueueItems { get; set; } = 32_768;

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
