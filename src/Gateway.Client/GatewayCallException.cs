namespace Gateway.Client;

/// <summary>The gateway refused a call as a whole, or what answered is no gateway.</summary>
public sealed class GatewayCallException : Exception
{
    internal GatewayCallException(int status, Problem? problem, string message, Exception? inner = null) : base(message, inner)
    {
        Status = status;
        Problem = problem;
    }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The problem as the gateway told it, where it did.</summary>
    public Problem? Problem { get; }
}
