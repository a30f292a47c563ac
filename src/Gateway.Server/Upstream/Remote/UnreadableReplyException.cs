namespace Gateway.Server.Upstream.Remote;

/// <summary>A reply that is not what the engine's wire says; never leaves this folder.</summary>
/// <param name="reason">What is wrong with "it", the reply; never judged text.</param>
/// <param name="oneText">True where a single text can be the cause, so that the others are worth asking again.</param>
internal sealed class UnreadableReplyException(string reason, bool oneText = false) : Exception(reason)
{
    /// <summary>True where a single text can be the cause.</summary>
    public bool OneText => oneText;
}
