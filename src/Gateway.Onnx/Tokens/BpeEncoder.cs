namespace Gateway.Onnx.Tokens;

/// <summary>
/// SentencePiece's BPE: of all neighbouring symbols whose concatenation is a piece, the pair of the best score merges first, the leftmost of
/// equals; then unused pieces are taken apart. O(n log n) in the longest word, or in the text where pieces span words.
/// </summary>
internal sealed class BpeEncoder(PieceTable table) : PieceEncoder(table)
{
    // Up to here looking at every pair costs less than keeping a heap of them.
    private const int ShortWord = 24;

    private const int FirstSymbols = 256;

    private readonly WordCache _words = new();
    private readonly PriorityQueue<Candidate, ulong> _candidates = new();
    private readonly Dictionary<int, (int Left, int Right)> _partsOfUnused = [];
    private Symbol[] _symbols = new Symbol[FirstSymbols];
    private int _count;

    /// <inheritdoc/>
    public override void Release()
    {
        WorkingMemory.Release(ref _symbols, FirstSymbols);
        _candidates.Clear();
        if (WorkingMemory.IsLarge<(Candidate, ulong)>(_candidates.Capacity))
        {
            _candidates.TrimExcess();
        }
    }

    /// <inheritdoc/>
    protected override void Segment(ReadOnlySpan<byte> text, TokenBuffer output)
    {
        _partsOfUnused.Clear();
        if (!Table.WordsStandAlone)
        {
            MergeAndWrite(text, output);
            return;
        }

        while (!text.IsEmpty)
        {
            var word = text[..WordLength(text)];
            if (_words.Find(word) is { IsEmpty: false } ids)
            {
                Emit(ids, output);
            }
            else
            {
                var before = output.Count;
                if (MergeAndWrite(word, output))
                {
                    _words.Keep(word, output.Ids[before..]);
                }
            }

            text = text[word.Length..];
        }
    }

    /// <summary>Adds the ids of a text; true where no part of it was unknown.</summary>
    private bool MergeAndWrite(ReadOnlySpan<byte> text, TokenBuffer output)
    {
        Split(text);
        if (_count <= ShortWord)
        {
            MergeShort();
        }
        else
        {
            Merge();
        }

        var isKnown = true;
        for (var at = 0; at >= 0; at = _symbols[at].Next)
        {
            isKnown &= IsPiece(_symbols[at].Id);
            Write(_symbols[at].Id, text.Slice(_symbols[at].Start, _symbols[at].Length), output);
        }

        return isKnown;
    }

    private bool IsPiece(int symbol) => (uint)symbol < (uint)Table.IsUnused.Length;

    /// <summary>The bytes up to the next gap that no merge crosses: before a space that follows something else.</summary>
    private static int WordLength(ReadOnlySpan<byte> text)
    {
        var space = "\u2581"u8;
        var at = 0;
        while (text[at..].StartsWith(space))
        {
            at += space.Length;
        }

        var next = text[at..].IndexOf(space);
        return next < 0 ? text.Length : at + next;
    }

    private void Split(ReadOnlySpan<byte> text)
    {
        _count = 0;
        if (text.Length > _symbols.Length)
        {
            _symbols = new Symbol[Math.Max(text.Length, _symbols.Length * 2)];
        }

        for (var start = 0; start < text.Length;)
        {
            var length = Math.Min(Utf8Character.Length(text[start]), text.Length - start);
            _symbols[_count] = new Symbol(Table.SymbolOf(text.Slice(start, length)), start, length, _count - 1, _count + 1);
            _count++;
            start += length;
        }

        _symbols[_count - 1].Next = -1;
    }

    private void MergeShort()
    {
        Span<int> merged = stackalloc int[ShortWord];
        for (var at = 0; at < _count; at++)
        {
            merged[at] = MergeOf(at, _symbols[at].Next);
        }

        while (true)
        {
            var (best, rank) = (-1, int.MaxValue);
            for (var at = 0; at >= 0; at = _symbols[at].Next)
            {
                if (merged[at] >= 0 && Table.Ranks[merged[at]] < rank)
                {
                    (best, rank) = (at, Table.Ranks[merged[at]]);
                }
            }

            if (best < 0)
            {
                return;
            }

            Join(best, merged[best]);
            var previous = _symbols[best].Previous;
            if (previous >= 0)
            {
                merged[previous] = MergeOf(previous, best);
            }

            merged[best] = MergeOf(best, _symbols[best].Next);
        }
    }

    private void Merge()
    {
        _candidates.Clear();
        for (var right = 1; right < _count; right++)
        {
            AddCandidate(right - 1, right);
        }

        while (_candidates.TryDequeue(out var candidate, out _))
        {
            var (left, right) = (_symbols[candidate.Left], _symbols[candidate.Right]);
            if (left.Length > 0 && right.Length > 0 && left.Length + right.Length == Table.Lengths[candidate.Piece])
            {
                Join(candidate.Left, candidate.Piece);
                AddCandidate(left.Previous, candidate.Left);
                AddCandidate(candidate.Left, right.Next);
            }
        }
    }

    private void Join(int at, int piece)
    {
        ref var left = ref _symbols[at];
        ref var right = ref _symbols[left.Next];
        left.Id = piece;
        left.Length += right.Length;
        left.Next = right.Next;
        right.Length = 0;
        if (left.Next >= 0)
        {
            _symbols[left.Next].Previous = at;
        }
    }

    private void AddCandidate(int left, int right)
    {
        var piece = MergeOf(left, right);
        if (piece >= 0)
        {
            _candidates.Enqueue(new Candidate(left, right, piece), ((ulong)(uint)Table.Ranks[piece] << 32) | (uint)left);
        }
    }

    /// <summary>The piece that two symbols merge into, or -1.</summary>
    private int MergeOf(int left, int right)
    {
        if (left < 0 || right < 0 || _symbols[left].Id < 0 || _symbols[right].Id < 0)
        {
            return -1;
        }

        var (first, second) = (_symbols[left].Id, _symbols[right].Id);
        var piece = Table.Merges.Find(first, second);
        if (piece >= 0 && Table.IsUnused[piece])
        {
            _partsOfUnused[piece] = (first, second);
        }

        return piece;
    }

    private void Write(int symbol, ReadOnlySpan<byte> text, TokenBuffer output)
    {
        if (!IsPiece(symbol))
        {
            EmitUnknown(text, output);
        }
        else if (Table.IsUnused[symbol] && _partsOfUnused.TryGetValue(symbol, out var parts))
        {
            var length = Table.Lengths[parts.Left];
            Write(parts.Left, text[..length], output);
            Write(parts.Right, text[length..], output);
        }
        else
        {
            Emit(symbol, output);
        }
    }

    private struct Symbol(int id, int start, int length, int previous, int next)
    {
        public int Id = id;
        public readonly int Start = start;
        public int Length = length;
        public int Previous = previous;
        public int Next = next;
    }

    private readonly record struct Candidate(int Left, int Right, int Piece);
}
