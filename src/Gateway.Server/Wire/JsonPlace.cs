namespace Gateway.Server.Wire;

/// <summary>An object or a list on the way to a <see cref="JsonCursor"/>'s value.</summary>
/// <param name="Level">How many are around it.</param>
internal record struct JsonPlace(int Level)
{
    /// <summary>Whether something of it was read.</summary>
    public bool IsBegun { get; set; }

    /// <summary>The fields seen so far, a bit for each, or the number of elements.</summary>
    public int Seen { get; set; }
}
