using System.Globalization;
using System.Text;

namespace Gateway.Onnx.Tokens;

/// <summary>The look-up tables of a vocabulary, shared by all workers.</summary>
internal sealed class PieceTable
{
    private readonly int[] _ascii = new int[128];
    private readonly Dictionary<int, int> _symbols = [];

    /// <summary>Builds the tables.</summary>
    public PieceTable(SentencePieceModel model)
    {
        Model = model;
        BytePieces = BytesOf(model);
        IsUnused = [.. model.Pieces.Select(piece => piece.Kind == PieceKind.Unused)];
        if (model.Kind == SegmentationKind.Bpe)
        {
            (Merges, Ranks, Lengths) = MergesOf(model);
        }
        else
        {
            Trie = TrieOf(model);
        }
    }

    /// <summary>The vocabulary.</summary>
    public SentencePieceModel Model { get; }

    /// <summary>The id of each byte's piece; empty without byte fallback.</summary>
    public int[] BytePieces { get; }

    /// <summary>Whether a piece takes part in merges only to be taken apart again.</summary>
    public bool[] IsUnused { get; }

    /// <summary>BPE: the piece that two neighbouring symbols merge into.</summary>
    public IdMap Merges { get; } = new(0);

    /// <summary>BPE: when a piece is merged; lower is earlier.</summary>
    public int[] Ranks { get; } = [];

    /// <summary>BPE: the bytes of each symbol.</summary>
    public int[] Lengths { get; } = [];

    /// <summary>BPE: true where no merge crosses the gap before a space, so that words can be merged one by one.</summary>
    public bool WordsStandAlone { get; private set; } = true;

    /// <summary>Unigram: the children of a node by byte; a piece that ends at a node is its child 256.</summary>
    public IdMap Trie { get; } = new(0);

    /// <summary>BPE: the symbol of a character, or -1 where no piece has it. Ids past the vocabulary are characters without a piece of their own.</summary>
    public int SymbolOf(ReadOnlySpan<byte> character) =>
        character.Length == 1 ? _ascii[character[0]] : _symbols.GetValueOrDefault(Key(character), -1);

    private static int Key(ReadOnlySpan<byte> character)
    {
        var key = 0;
        foreach (var value in character)
        {
            key = (key << 8) | value;
        }

        return key;
    }

    private static int[] BytesOf(SentencePieceModel model)
    {
        var ids = new int[model.ByteFallback ? 256 : 0];
        for (var id = 0; id < model.Pieces.Count && ids.Length > 0; id++)
        {
            if (model.Pieces[id] is { Kind: PieceKind.Byte } piece)
            {
                var text = piece.ToString();
                var isByte = text is ['<', '0', 'x', _, _, '>'] & byte.TryParse(
                    text.AsSpan(Math.Min(3, text.Length), Math.Max(0, text.Length - 4)), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value);
                ids[value] = isByte ? id : throw new InvalidDataException($"Piece {id} is a byte piece but is not named like <0x1F>.");
            }
        }

        return ids;
    }

    // Only ordinary pieces take part: control tokens and user-defined symbols are never found in plain text.
    private static bool TakesPart(Piece piece) => piece.Kind is PieceKind.Normal or PieceKind.Unused;

    private (IdMap Merges, int[] Ranks, int[] Lengths) MergesOf(SentencePieceModel model)
    {
        var pieces = model.Pieces;
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var lengths = pieces.Select(piece => piece.Utf8.Length).ToList();
        for (var id = 0; id < pieces.Count; id++)
        {
            if (TakesPart(pieces[id]))
            {
                ids[pieces[id].ToString()] = id;
            }
        }

        Array.Fill(_ascii, -1);
        foreach (var rune in ids.Keys.ToList().SelectMany(text => text.EnumerateRunes().ToArray()))
        {
            if (ids.TryAdd(rune.ToString(), lengths.Count))
            {
                lengths.Add(rune.Utf8SequenceLength);
            }

            AddSymbol(rune, ids[rune.ToString()]);
        }

        var splits = ids.Where(entry => entry.Value < pieces.Count).SelectMany(entry => SplitsOf(entry.Key, ids)).ToList();
        var merges = new IdMap(splits.Count);
        splits.ForEach(split => merges.Set(split.Left, split.Right, split.Whole));
        WordsStandAlone = !ids.Keys.Any(SpansWords) && !pieces.Any(piece => piece.Kind == PieceKind.Unused);
        var order = pieces.Select(piece => piece.Score).Distinct().OrderDescending().Select((score, rank) => (score, rank)).ToDictionary();
        return (merges, [.. pieces.Select(piece => order[piece.Score])], [.. lengths]);
    }

    private static bool SpansWords(string piece)
    {
        var space = piece.LastIndexOf('\u2581');
        return space > 0 && piece.AsSpan(0, space).ContainsAnyExcept('\u2581');
    }

    private static IEnumerable<(int Left, int Right, int Whole)> SplitsOf(string text, Dictionary<string, int> ids)
    {
        for (var at = 1; at < text.Length; at++)
        {
            if (!char.IsLowSurrogate(text[at]) && ids.TryGetValue(text[..at], out var left) && ids.TryGetValue(text[at..], out var right))
            {
                yield return (left, right, ids[text]);
            }
        }
    }

    private void AddSymbol(Rune rune, int id)
    {
        Span<byte> utf8 = stackalloc byte[4];
        var length = rune.EncodeToUtf8(utf8);
        if (length == 1)
        {
            _ascii[utf8[0]] = id;
        }
        else
        {
            _symbols[Key(utf8[..length])] = id;
        }
    }

    private static IdMap TrieOf(SentencePieceModel model)
    {
        var trie = new IdMap(model.Pieces.Sum(piece => piece.Utf8.Length + 1));
        var nodes = 1;
        for (var id = 0; id < model.Pieces.Count; id++)
        {
            if (model.Pieces[id].Kind != PieceKind.Normal)
            {
                continue;
            }

            var node = 0;
            foreach (var value in model.Pieces[id].Utf8)
            {
                var child = trie.Find(node, value);
                if (child < 0)
                {
                    child = nodes++;
                    trie.Set(node, value, child);
                }

                node = child;
            }

            trie.Set(node, 256, id);
        }

        return trie;
    }
}
