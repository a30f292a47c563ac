namespace Gateway.Server.Upstream.Remote;

/// <summary>One response as it goes to an engine, in memory of its own: control tokens that somebody wrote are broken.</summary>
internal sealed record RemoteText
{
    /// <summary>The whole text, or of a pair the response.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>The text before the response, or of a pair the prompt; empty where that is unknown.</summary>
    public ReadOnlyMemory<byte> Prompt { get; init; }

    /// <summary>What is judged, where it was found; part of <see cref="Text"/>.</summary>
    public ReadOnlyMemory<byte> Response { get; init; }

    /// <summary>The turns with the response as the last; empty where the form is text or a pair.</summary>
    public IReadOnlyList<RemoteTurn> Turns { get; init; } = [];

    /// <summary>How many step tags the text has.</summary>
    public int Steps { get; init; }

    /// <summary>What the text shares with others.</summary>
    public PromptPrefix Prefix { get; init; }

    /// <summary>Bytes of all parts; a text has at most as many tokens.</summary>
    public int Bytes => Turns.Count > 0 ? Turns.Sum(turn => turn.Content.Length) : Text.Length + (IsPair ? Prompt.Length : 0);

    /// <summary>True where prompt and response go apart.</summary>
    public bool IsPair { get; init; }
}

/// <summary>One turn of messages.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">What was said.</param>
internal readonly record struct RemoteTurn(string Role, ReadOnlyMemory<byte> Content);
