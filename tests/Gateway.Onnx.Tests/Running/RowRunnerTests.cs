using Gateway.Onnx.Manifest;
using Gateway.Onnx.Running;
using Microsoft.ML.OnnxRuntime;

namespace Gateway.Onnx.Tests.Running;

public class RowRunnerTests
{
    [Fact]
    public void Run_NothingWritten_LeavesNoLogitOfAnotherRow()
    {
        using var fixture = FixtureModel.Create("small-embedding");
        fixture.Write();
        var manifest = ManifestReader.Read(File.ReadAllBytes(fixture.PathOf("model.json")), [])!;
        using var session = OnnxSession.Open(fixture.PathOf("model.onnx"), ExecutionProvider.Cpu, 0);
        using var runner = new RowRunner(session, manifest, 8);
        Assert.True(float.IsFinite(runner.Run([5, 6])));
        Assert.True(float.IsFinite(runner.Logit));

        // The run fails at its first node, so nothing is written.
        Assert.Throws<OnnxRuntimeException>(() => runner.Run([899]));
        Assert.True(float.IsNaN(runner.Logit));
    }
}
