namespace Gateway.Cli.Audit;

/// <summary>An audit that cannot be run, with its reason and remedy.</summary>
internal sealed class AuditException(string message) : Exception(message);
