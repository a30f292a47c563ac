using Gateway.Onnx.Manifest;
using Microsoft.ML.OnnxRuntime;

namespace Gateway.Onnx.Running;

/// <summary>
/// Runs one row of ids at its own length and gives its logit. One per worker: the tensors lie in memory that is reused, and the view of
/// each length is made once.
/// </summary>
internal sealed class RowRunner : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly RowTensor _ids;
    private readonly RowTensor? _mask;
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly float[] _logit = GC.AllocateArray<float>(1, pinned: true);
    private readonly OrtValue[] _logits;
    private readonly OrtValue[] _rows;

    /// <summary>Makes a runner for rows of at most the manifest's length.</summary>
    public RowRunner(OnnxSession session, ModelManifest manifest, int maxTokens)
    {
        _session = session.Inference;
        _ids = RowTensor.Create(_session.InputMetadata[manifest.IdsInput].ElementDataType, maxTokens);
        _outputs = [manifest.Output];
        _logits = [OrtValue.CreateTensorValueFromMemory(_logit, [1, 1])];
        _inputs = manifest.MaskInput is { } mask ? [manifest.IdsInput, mask] : [manifest.IdsInput];
        _rows = new OrtValue[_inputs.Length];
        if (manifest.MaskInput is not null)
        {
            _mask = RowTensor.Create(_session.InputMetadata[manifest.MaskInput].ElementDataType, maxTokens);
            _mask.Fill(1);
        }
    }

    /// <summary>The logit of the last run; NaN where that run wrote none.</summary>
    public float Logit => _logit[0];

    /// <summary>The logit of a row of at least one id; NaN where the run wrote none.</summary>
    /// <exception cref="OnnxRuntimeException">The run failed.</exception>
    public float Run(ReadOnlySpan<int> ids)
    {
        _rows[0] = _ids.Write(ids);
        if (_mask is not null)
        {
            _rows[1] = _mask.View(ids.Length);
        }

        // The memory is reused: a provider that returns without writing must not give the logit of another item.
        _logit[0] = float.NaN;
        _session.Run(_options, _inputs, _rows, _outputs, _logits);
        return Logit;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ids.Dispose();
        _mask?.Dispose();
        _logits[0].Dispose();
        _options.Dispose();
    }
}
