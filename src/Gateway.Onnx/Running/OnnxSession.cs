using System.Globalization;
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
    /// <exception cref="StartupException">The native library is missing or lacks the provider, or the graph cannot be loaded.</exception>
    public static OnnxSession Open(string path, ExecutionProvider provider, int device) => WithNativeLibrary(provider, () =>
    {
        CheckProvider(provider);
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
        options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        Append(options, provider, device);
        try
        {
            return new OnnxSession(new InferenceSession(path, options));
        }
        catch (OnnxRuntimeException fault)
        {
            var remedy = provider == ExecutionProvider.Cpu
                ? "Export or copy the file again."
                : $"Export or copy the file again, or see that device {device} of Gateway:Onnx:Devices is there and free.";
            throw new StartupException([$"ONNX Runtime cannot load {Path.GetFileName(path)} on {provider}: {fault.Message} {remedy}"]);
        }
    });

    /// <summary>Runs what needs the native library.</summary>
    /// <exception cref="StartupException">The native library is missing, or is not the one that this build needs.</exception>
    internal static T WithNativeLibrary<T>(ExecutionProvider provider, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception fault) when (
            fault is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or TypeInitializationException)
        {
            throw new StartupException(
            [
                $"The native ONNX Runtime cannot be used: {fault.GetBaseException().Message} Publish again for this machine's system and processor; "
                + $"Gateway:Onnx:Provider is {provider}, and others than Cpu need a build with -p:OnnxRuntime=Gpu.",
            ]);
        }
    }

    /// <summary>Has a session run on a provider's device; the CPU needs nothing.</summary>
    /// <exception cref="StartupException">The provider cannot be used here.</exception>
    internal static void Append(SessionOptions options, ExecutionProvider provider, int device)
    {
        try
        {
            if (provider == ExecutionProvider.TensorRt)
            {
                options.AppendExecutionProvider_Tensorrt(device);
            }

            if (provider is ExecutionProvider.TensorRt or ExecutionProvider.Cuda)
            {
                using var cuda = new OrtCUDAProviderOptions();
                cuda.UpdateOptions(CudaSettings(device));
                options.AppendExecutionProvider_CUDA(cuda);
            }
        }
        catch (Exception fault) when (fault is OnnxRuntimeException or EntryPointNotFoundException)
        {
            throw new StartupException(
            [
                $"Gateway:Onnx:Provider is {provider}, which cannot be used on device {device}: {fault.Message} Build with -p:OnnxRuntime=Gpu, install the "
                + "driver and the libraries that ONNX Runtime names, correct Gateway:Onnx:Devices, or set Gateway:Onnx:Provider to Cpu.",
            ]);
        }
    }

    /// <summary>The CUDA provider's options. TF32 is its default and rounds factors to 10 bits; the revision says fp32.</summary>
    internal static Dictionary<string, string> CudaSettings(int device) => new()
    {
        ["device_id"] = device.ToString(CultureInfo.InvariantCulture),
        ["use_tf32"] = "0",
    };

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
