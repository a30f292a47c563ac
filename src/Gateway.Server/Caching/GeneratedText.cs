namespace Gateway.Server.Caching;

/// <summary>What came of a generation that replicas share.</summary>
/// <param name="Text">The text that counts.</param>
/// <param name="Made">True where this process generated, whether or not its text was the first.</param>
/// <param name="First">True where its text was the first, so that this process stores it.</param>
internal sealed record GeneratedText(KeptText Text, bool Made, bool First);
