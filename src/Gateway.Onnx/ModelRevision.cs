using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Scoring;
using Gateway.Onnx.Manifest;
using Gateway.Onnx.Running;
using Microsoft.ML.OnnxRuntime;

namespace Gateway.Onnx;

/// <summary>The digest of everything that can change a local model's score of the same text.</summary>
internal static class ModelRevision
{
    private const int DigestBytes = 16;

    /// <summary>Bumped when the code's own reading of text changes, so that older stored scores are misses.</summary>
    private const int EncoderVersion = 1;

    /// <summary>The revision of a folder under a deployment and an engine; null where a file cannot be read, which is a problem.</summary>
    public static string? Of(ModelFolder folder, ModelDeployment deployment, ExecutionProvider provider, List<string> problems)
    {
        var (truncation, reasoning, maxTokens) = deployment;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, folder.Manifest.Canonical);
        Append(hash, $"{truncation};{reasoning};{maxTokens ?? folder.Manifest.MaxTokens}");
        Append(hash, $"{provider};fp32;{OneRow.Name};{OrtEnv.Instance().GetVersionString()};{EncoderVersion}");
        foreach (var file in folder.DataFiles)
        {
            try
            {
                using var stream = File.OpenRead(file);
                hash.AppendData(SHA256.HashData(stream));
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                problems.Add($"the file '{Path.GetFileName(file)}' cannot be read ({fault.Message}); put it into the model's folder, or correct its permissions.");
                return null;
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, DigestBytes));
    }

    private static void Append(IncrementalHash hash, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        hash.AppendData(BitConverter.GetBytes(bytes.Length));
        hash.AppendData(bytes);
    }
}
