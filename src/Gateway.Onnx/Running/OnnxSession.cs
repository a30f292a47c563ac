using Gateway.Core.Scoring;
using Microsoft.ML.OnnxRuntime;

namespace Gateway.Onnx.Running;

/// <summary>
/// A loaded graph on one device, shared by the workers on it: one intra-op thread, sequential, so that a run stays on the thread that asked
/// and its result does not depend on any other.
/// </summary>
internal sealed class OnnxSession : IDisposable
{
    private OnnxSession(InferenceSession session) => Inference = session;

    /// <summary>ONNX Runtime's session.</summary>
    public InferenceSession Inference { get; }

    /// <summary>Loads a graph.</summary>
    /// <exception cref="StartupException">The native library lacks the provider, or the graph cannot be loaded.</exception>
    public static OnnxSession Open(string path, ExecutionProvider provider, int device)
    {
        CheckProvider(provider);
        try
        {
            using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
            options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
            if (provider == ExecutionProvider.TensorRt)
            {
                options.AppendExecutionProvider_Tensorrt(device);
            }

            if (provider is ExecutionProvider.TensorRt or ExecutionProvider.Cuda)
            {
                options.AppendExecutionProvider_CUDA(device);
            }

            return new OnnxSession(new InferenceSession(path, options));
        }
        catch (OnnxRuntimeException fault)
        {
            throw new StartupException([$"ONNX Runtime cannot load {Path.GetFileName(path)} on {provider}: {fault.Message} Export or copy the file again."]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Inference.Dispose();

    private static void CheckProvider(ExecutionProvider provider)
    {
        var name = provider switch
        {
            ExecutionProvider.Cuda => "CUDAExecutionProvider",
            ExecutionProvider.TensorRt => "TensorrtExecutionProvider",
            _ => "CPUExecutionProvider",
        };
        var available = OrtEnv.Instance().GetAvailableProviders();
        if (!available.Contains(name, StringComparer.Ordinal))
        {
            throw new StartupException(
            [
                $"Gateway:Onnx:Provider is {provider}, which this build's native ONNX Runtime lacks (it has {string.Join(", ", available)}). "
                + "Build with -p:OnnxRuntime=Gpu, or set Gateway:Onnx:Provider to Cpu.",
            ]);
        }
    }
}
