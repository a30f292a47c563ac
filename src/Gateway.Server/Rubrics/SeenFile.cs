namespace Gateway.Server.Rubrics;

/// <summary>One file of principles as it was when it was looked at.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">What it holds, at most one byte more than a principle may; empty where it could not be read.</param>
/// <param name="Fault">Why it could not be read; null where it was.</param>
internal sealed record SeenFile(string Name, byte[] Bytes, string? Fault);
