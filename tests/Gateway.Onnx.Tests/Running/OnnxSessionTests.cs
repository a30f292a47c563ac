using Gateway.Core.Scoring;
using Gateway.Onnx.Running;
using Microsoft.ML.OnnxRuntime;

namespace Gateway.Onnx.Tests.Running;

public class OnnxSessionTests
{
    public static TheoryData<Exception> LibraryFaults =>
    [
        new DllNotFoundException("no such library"),
        new EntryPointNotFoundException("no such function"),
        new BadImageFormatException("another processor's"),
        new TypeInitializationException("OrtEnv", new DllNotFoundException("no such library")),
    ];

    [Theory]
    [MemberData(nameof(LibraryFaults), DisableDiscoveryEnumeration = true)]
    public void WithNativeLibrary_LibraryIsMissingOrAnother_NamesThePropertyAndTheOption(Exception fault)
    {
        var refusal = Assert.Throws<StartupException>(() => OnnxSession.WithNativeLibrary<int>(ExecutionProvider.Cuda, () => throw fault));
        var problem = Assert.Single(refusal.Problems);
        Assert.Contains("Gateway:Onnx:Provider is Cuda", problem, StringComparison.Ordinal);
        Assert.Contains("-p:OnnxRuntime=Gpu", problem, StringComparison.Ordinal);
        Assert.Contains(fault.GetBaseException().Message, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExecutionProvider.Cuda)]
    [InlineData(ExecutionProvider.TensorRt)]
    public void Append_ProviderCannotBeLoaded_NamesThePropertyAndTheOption(ExecutionProvider provider)
    {
        Assert.SkipWhen(OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "This build has the GPU packages.");
        using var options = new SessionOptions();
        var problem = Assert.Single(Assert.Throws<StartupException>(() => OnnxSession.Append(options, provider, 3)).Problems);
        Assert.Contains($"Gateway:Onnx:Provider is {provider}", problem, StringComparison.Ordinal);
        Assert.Contains("device 3", problem, StringComparison.Ordinal);
        Assert.Contains("-p:OnnxRuntime=Gpu", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void CudaSettings_AnyDevice_MultiplyInSinglePrecision()
    {
        var settings = OnnxSession.CudaSettings(2);
        Assert.Equal("2", settings["device_id"]);
        Assert.Equal("0", settings["use_tf32"]);
    }
}
