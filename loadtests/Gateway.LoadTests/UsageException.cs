namespace Gateway.LoadTests;

/// <summary>Something the person at the keyboard can put right; its message is all that is printed.</summary>
internal sealed class UsageException(string message) : Exception(message);
