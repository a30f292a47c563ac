using Gateway.Onnx.Manifest;
using Microsoft.ML.OnnxRuntime;

namespace Gateway.Onnx.Running;

/// <summary>Runs the extremes before the first caller can: the shortest input, the largest id and the longest input.</summary>
internal static class WarmUp
{
    /// <summary>Runs them all; what fails is a problem.</summary>
    public static void Run(OnnxSession session, ModelManifest manifest, int maxTokens, string modelName, List<string> problems)
    {
        if (!ShapeIsRight(session, manifest, problems))
        {
            return;
        }

        using var runner = new RowRunner(session, manifest, maxTokens);
        if (Fault(runner, [manifest.Vocabulary - 1]) is { } vocabularyFault)
        {
            problems.Add(
                $"the graph cannot read the tokenizer's largest id, {manifest.Vocabulary - 1}: its embedding is smaller than the vocabulary of "
                + $"{manifest.Vocabulary}, so take the tokenizer that the graph was trained with. ONNX Runtime: {vocabularyFault}");
        }

        if (Fault(runner, new int[maxTokens]) is { } lengthFault)
        {
            problems.Add(
                $"the graph cannot read {maxTokens} tokens; set 'max_tokens' to what it was exported for, or lower Gateway:Models:{modelName}:MaxTokens. "
                + $"ONNX Runtime: {lengthFault}");
        }
    }

    private static bool ShapeIsRight(OnnxSession session, ModelManifest manifest, List<string> problems)
    {
        using var ids = RowTensor.Create(session.Inference.InputMetadata[manifest.IdsInput].ElementDataType, 1);
        using var mask = manifest.MaskInput is { } name ? RowTensor.Create(session.Inference.InputMetadata[name].ElementDataType, 1) : null;
        mask?.Fill(1);
        using var options = new RunOptions();
        try
        {
            using var outputs = session.Inference.Run(
                options,
                mask is null ? [manifest.IdsInput] : [manifest.IdsInput, manifest.MaskInput!],
                mask is null ? [ids.View(1)] : [ids.View(1), mask.View(1)],
                [manifest.Output]);
            var shape = outputs[0].GetTensorTypeAndShape().Shape;
            if (shape is [1, var labels] && labels == manifest.Labels.Count)
            {
                return true;
            }

            problems.Add(
                $"the graph's output '{manifest.Output}' has the shape [{string.Join(", ", shape)}] for one row; it must be [1, {manifest.Labels.Count}], "
                + "so correct 'head.labels' or export another head.");
        }
        catch (OnnxRuntimeException fault)
        {
            problems.Add($"the graph cannot run a single token; export it with dynamic batch and length. ONNX Runtime: {fault.Message}");
        }

        return false;
    }

    private static string? Fault(RowRunner runner, int[] ids)
    {
        try
        {
            runner.Run(ids);
            return null;
        }
        catch (OnnxRuntimeException fault)
        {
            return fault.Message;
        }
    }
}
