using Gateway.Onnx.Manifest;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Gateway.Onnx.Running;

/// <summary>What a loaded graph offers against what the manifest says; every difference is a problem.</summary>
internal static class OnnxGraph
{
    /// <summary>Checks the manifest's names, types and shapes against the graph.</summary>
    public static void Check(InferenceSession session, ModelManifest manifest, List<string> problems)
    {
        CheckInput(session, "inputs.ids", manifest.IdsInput, problems);
        if (manifest.MaskInput is { } mask)
        {
            CheckInput(session, "inputs.mask", mask, problems);
        }

        foreach (var name in session.InputNames.Where(name => name != manifest.IdsInput && name != manifest.MaskInput))
        {
            problems.Add($"the graph has an input '{name}' that the manifest does not name; only token ids and an attention mask can be fed, so export the graph without it.");
        }

        CheckOutput(session, manifest, problems);
    }

    private static void CheckInput(InferenceSession session, string key, string name, List<string> problems)
    {
        if (!session.InputMetadata.TryGetValue(name, out var input))
        {
            problems.Add($"'{key}' is '{name}', which is no input of the graph; its inputs are {Names(session.InputNames)}.");
            return;
        }

        if (input.ElementDataType is not (TensorElementType.Int64 or TensorElementType.Int32))
        {
            problems.Add($"the graph's input '{name}' takes {input.ElementDataType}; it must take int64 or int32, so export it so.");
        }

        if (input.Dimensions.Length != 2)
        {
            problems.Add($"the graph's input '{name}' has {input.Dimensions.Length} dimensions; it must have two, [batch, length].");
        }
    }

    private static void CheckOutput(InferenceSession session, ModelManifest manifest, List<string> problems)
    {
        if (!session.OutputMetadata.TryGetValue(manifest.Output, out var output))
        {
            problems.Add($"'head.output' is '{manifest.Output}', which is no output of the graph; its outputs are {Names(session.OutputNames)}.");
            return;
        }

        if (output.ElementDataType != TensorElementType.Float)
        {
            problems.Add($"the graph's output '{manifest.Output}' gives {output.ElementDataType}; it must give float, so export it so.");
        }

        // -1 is a dimension that is only known when the graph runs; warm-up looks at it.
        if (output.Dimensions is not [_, var last] || (last >= 0 && last != manifest.Labels.Count))
        {
            problems.Add(
                $"the graph's output '{manifest.Output}' has the shape [{string.Join(", ", output.Dimensions)}] but 'head.labels' names "
                + $"{manifest.Labels.Count}; it must be [batch, {manifest.Labels.Count}], so correct the labels or export another head.");
        }
    }

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
