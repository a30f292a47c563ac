namespace Gateway.Server.Upstream;

/// <summary>A call that looks for a destination.</summary>
/// <param name="Prefix">What it shares with others.</param>
/// <param name="Tried">Destinations to avoid while there is another.</param>
/// <param name="Since">The timestamp that its wait is measured from.</param>
internal readonly record struct PlaceWanted(PromptPrefix Prefix, IReadOnlyList<UpstreamDestination> Tried, long Since);
