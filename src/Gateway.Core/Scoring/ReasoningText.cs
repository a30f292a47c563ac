namespace Gateway.Core.Scoring;

/// <summary>The reasoning part of a response: everything up to its last <c>&lt;/think&gt;</c>.</summary>
public static class ReasoningText
{
    /// <summary>What opens the reasoning.</summary>
    internal static ReadOnlySpan<byte> Open => "<think>"u8;

    private static ReadOnlySpan<byte> Close => "</think>"u8;

    /// <summary>The response with or without its reasoning; without, white space after the closing tag goes too.</summary>
    public static Utf8Text Apply(Utf8Text response, Reasoning reasoning)
    {
        if (reasoning == Reasoning.Keep)
        {
            return response;
        }

        var close = response.Span.LastIndexOf(Close);
        if (close < 0)
        {
            return response;
        }

        var answer = response.Slice(close + Close.Length);
        return answer.Slice(answer.Length - answer.Span.TrimStart(" \t\r\n"u8).Length);
    }
}
