namespace Gateway.Server.Upstream.Remote;

/// <summary>What one kind of engine takes, and where its limits are.</summary>
internal sealed record EngineTraits
{
    /// <summary>The server that a cluster of this kind runs.</summary>
    public required Engine Engine { get; init; }

    /// <summary>In which forms it takes what is judged; the first is the default.</summary>
    public required IReadOnlyList<RemoteForm> Forms { get; init; }

    /// <summary>The manifest's keys beside those of every remote kind.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Texts of one call where the manifest does not say.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Bytes of texts in one call.</summary>
    public int MostBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>One call holds responses to one prompt.</summary>
    public bool OnePrompt { get; init; }

    /// <summary>The engine's tokenizer writes BOS by itself and cannot be told not to, so that it must not be in the text.</summary>
    public bool WritesBos { get; init; }

    /// <summary>The engine may cut text that is too long without a word, so that nothing may be sent that was not counted.</summary>
    public bool CutsSilently { get; init; }
}

/// <summary>The form in which an engine takes what is judged.</summary>
internal enum RemoteForm
{
    /// <summary>One text, written by the manifest's template.</summary>
    Text,

    /// <summary>Messages, written by the engine's own template.</summary>
    Messages,

    /// <summary>Prompt and response apart, as cross-encoders take them.</summary>
    Pair,
}
