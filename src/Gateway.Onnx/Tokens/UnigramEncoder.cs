namespace Gateway.Onnx.Tokens;

/// <summary>
/// SentencePiece's unigram segmentation: the path of the highest sum of log-probabilities, O(text × longest piece). Sums are kept in single
/// precision and compared in double as the reference does, because on long texts the rounding decides between near-equal paths.
/// </summary>
internal sealed class UnigramEncoder : PieceEncoder
{
    private const float UnknownPenalty = 10;
    private const int FirstNodes = 4096;

    private readonly float[] _scores;
    private readonly float _unknownScore;
    private Node[] _nodes = new Node[FirstNodes];
    private int[] _path = new int[FirstNodes];

    /// <summary>Makes the encoder of one worker.</summary>
    public UnigramEncoder(PieceTable table) : base(table)
    {
        _scores = [.. table.Model.Pieces.Select(piece => piece.Score)];
        var lowest = table.Model.Pieces.Where(piece => piece.Kind == PieceKind.Normal).Select(piece => piece.Score).DefaultIfEmpty().Min();
        _unknownScore = lowest - UnknownPenalty;
    }

    /// <inheritdoc/>
    public override void Release()
    {
        // Both have the same length, so they go together.
        if (WorkingMemory.Release(ref _nodes, FirstNodes))
        {
            _path = new int[FirstNodes];
        }
    }

    /// <inheritdoc/>
    protected override void Segment(ReadOnlySpan<byte> text, TokenBuffer output)
    {
        if (text.Length >= _nodes.Length)
        {
            _nodes = new Node[text.Length * 2];
            _path = new int[text.Length * 2];
        }

        Array.Fill(_nodes, new Node(-1, -1, 0), 0, text.Length + 1);
        for (var start = 0; start < text.Length;)
        {
            start += Extend(text, start);
        }

        var steps = 0;
        for (var end = text.Length; end > 0; end = _nodes[end].Start)
        {
            _path[steps++] = end;
        }

        while (steps > 0)
        {
            var end = _path[--steps];
            Write(_nodes[end], text[_nodes[end].Start..end], output);
        }
    }

    /// <summary>Takes every piece that begins here into account; returns the length of the character here.</summary>
    private int Extend(ReadOnlySpan<byte> text, int start)
    {
        var character = Math.Min(Utf8Character.Length(text[start]), text.Length - start);
        var score = _nodes[start].Score;
        var hasCharacter = false;
        for (int at = start, node = 0; at < text.Length;)
        {
            node = Table.Trie.Find(node, text[at++]);
            if (node < 0)
            {
                break;
            }

            var piece = Table.Trie.Find(node, 256);
            if (piece >= 0)
            {
                Offer(at, start, piece, (double)_scores[piece] + score);
                hasCharacter |= at - start == character;
            }
        }

        if (!hasCharacter)
        {
            Offer(start + character, start, Table.Model.UnknownId, _unknownScore + score);
        }

        return character;
    }

    private void Offer(int end, int start, int piece, double score)
    {
        ref var node = ref _nodes[end];
        if (node.Start < 0 || score > node.Score)
        {
            node = new Node(start, piece, (float)score);
        }
    }

    private void Write(Node node, ReadOnlySpan<byte> text, TokenBuffer output)
    {
        if (node.Piece == Table.Model.UnknownId)
        {
            EmitUnknown(text, output);
        }
        else
        {
            Emit(node.Piece, output);
        }
    }

    private readonly record struct Node(int Start, int Piece, float Score);
}
