namespace Gateway.LoadTests.Figures;

/// <summary>One item as the graph reads it.</summary>
/// <param name="Ids">Its token ids, already 64 bits wide.</param>
/// <param name="Mask">As many ones.</param>
internal sealed record EncodedItem(long[] Ids, long[] Mask);
