using Gateway.Core.Scoring;

namespace Gateway.Server.Watching;

/// <summary>A training run's name as clients send it, in a header or in <c>options.run</c>.</summary>
internal static class RunName
{
    /// <summary>The header in which trainers name their run.</summary>
    public const string Header = "X-Training-Run";

    private const int Longest = 128;

    /// <summary>The name; null for none.</summary>
    /// <exception cref="GatewayException">It is no name: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public static string? Read(string? sent)
    {
        if (string.IsNullOrEmpty(sent))
        {
            return null;
        }

        // It is shown, logged and posted: nothing in it may look like more than a name.
        return sent.Length <= Longest && !sent.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? sent
            : throw new GatewayException(
                ErrorKind.InvalidRequest,
                $"The training run's name is not one; send 1 to {Longest} printable ASCII characters without spaces in the header {Header}, in options.run or in training_run.");
    }
}
