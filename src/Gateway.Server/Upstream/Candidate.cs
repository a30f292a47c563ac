namespace Gateway.Server.Upstream;

/// <summary>A destination that may be chosen.</summary>
/// <param name="Slot">Its number among the destinations of its cluster, 0 to 63; stays with it.</param>
/// <param name="InFlight">Calls on it now.</param>
/// <param name="Weight">Its share beside the others.</param>
/// <param name="Salt">A hash of its name, the same in every gateway.</param>
internal readonly record struct Candidate(int Slot, int InFlight, int Weight, ulong Salt);
