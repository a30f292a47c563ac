namespace Gateway.Client;

/// <summary>The gateway refused a call as a whole.</summary>
public sealed class GatewayCallException : Exception
{
    internal GatewayCallException(int status, Problem? problem, string message) : base(message)
    {
        Status = status;
        Problem = problem;
    }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The problem as the gateway told it, where it did.</summary>
    public Problem? Problem { get; }
}
