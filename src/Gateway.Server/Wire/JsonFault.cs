using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>Says what is wrong with a body that is not the expected JSON, without the reader's type names.</summary>
internal static partial class JsonFault
{
    private const int LongestShown = 200;

    /// <summary>The fault as an error of the request.</summary>
    public static GatewayException Of(JsonException fault)
    {
        if (fault.InnerException is JsonException || fault.GetType() != typeof(JsonException))
        {
            if (fault.Message.Contains("maximum configured depth", StringComparison.Ordinal))
            {
                return new GatewayException(ErrorKind.InvalidRequest, "The body is nested too deeply; no field of it needs more than 64 levels.");
            }

            return new GatewayException(
                ErrorKind.InvalidRequest,
                $"The body is not JSON: line {(fault.LineNumber ?? 0) + 1}, byte {fault.BytePositionInLine ?? 0}. Send one JSON object.");
        }

        var path = Shown(fault.Path ?? "$");
        var what = fault.InnerException?.Message.Contains("UTF-16", StringComparison.Ordinal) == true
            ? "a name, id or role holds a lone surrogate; send well-formed text"
            : What(fault.Message);
        return new GatewayException(ErrorKind.InvalidRequest, $"{path}: {what}.", [new FieldError(path, what)]);
    }

    /// <summary>What is wrong with a value that is JSON of the right shape, and no use.</summary>
    /// <param name="path">The value's path, in the dialect's words.</param>
    /// <param name="message">What is wrong, a sentence that ends with a full stop.</param>
    /// <param name="kind">The kind of error.</param>
    public static GatewayException At(string path, string message, ErrorKind kind = ErrorKind.InvalidRequest) =>
        new(kind, $"{path}: {message}", [new FieldError(path, message.TrimEnd('.'))]);

    private static string What(string message) =>
        UnknownField.Match(message) is { Success: true } unknown ? $"unknown field '{Shown(unknown.Groups[1].Value)}'; remove it or correct its name"
        : message.StartsWith("Duplicate property", StringComparison.Ordinal) ? "the field is given twice; send it once"
        : message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal) ? "the value has the wrong type"
        : message.StartsWith("JSON deserialization for type", StringComparison.Ordinal) ? "a required field is missing"
        : WithoutPosition.Replace(message, "");

    /// <summary>A client's name, cut to what a message can hold.</summary>
    public static string Shown(string name) => name.Length <= LongestShown ? name : string.Concat(name.AsSpan(0, LongestShown), "…");

    [GeneratedRegex("^The JSON property '(.*?)' could not be mapped", RegexOptions.Singleline)]
    private static partial Regex UnknownField { get; }

    [GeneratedRegex(" Path: .*$", RegexOptions.Singleline)]
    private static partial Regex WithoutPosition { get; }
}
