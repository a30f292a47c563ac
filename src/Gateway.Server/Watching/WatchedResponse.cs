namespace Gateway.Server.Watching;

/// <summary>What the watch keeps of one scored response; nothing of it can be read back as text.</summary>
/// <param name="Prompt">A hash of the prompt.</param>
/// <param name="Text">The response's digest.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Score">Its raw score.</param>
/// <param name="HasFinding">True where a rule took it for an attack.</param>
internal readonly record struct WatchedResponse(ulong Prompt, TextDigest Text, int Length, double Score, bool HasFinding);
