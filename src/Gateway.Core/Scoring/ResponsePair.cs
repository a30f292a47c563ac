namespace Gateway.Core.Scoring;

/// <summary>Two responses of an item that a pairwise model compares.</summary>
/// <param name="Item">The item's index.</param>
/// <param name="A">The one response's index.</param>
/// <param name="B">The other's, above it.</param>
/// <param name="IsSwapped">True where the unit shows B before A: a unit's responses are ordered by their bytes, so that a swap is the same unit.</param>
public readonly record struct ResponsePair(int Item, int A, int B, bool IsSwapped);
