namespace Gateway.Onnx.Tokens;

/// <summary>How text is segmented; the numbers are the file's.</summary>
internal enum SegmentationKind
{
    /// <summary>The most likely segmentation.</summary>
    Unigram = 1,

    /// <summary>Merges in order of their scores.</summary>
    Bpe = 2,

    /// <summary>White-space words.</summary>
    Word = 3,

    /// <summary>Characters.</summary>
    Char = 4,
}
