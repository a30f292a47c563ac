using System.Buffers.Binary;
using System.Numerics;

namespace Gateway.Onnx.Tokens;

/// <summary>
/// SentencePiece's normalisation of well-formed UTF-8: compiled character rules, space folding, the dummy space and U+2581 for spaces.
/// One per worker: its buffer is reused.
/// </summary>
internal sealed class TextNormalizer
{
    private const int FirstBytes = 4096;

    private readonly SentencePieceModel _model;
    private readonly uint[] _trie;
    private readonly byte[] _replacements;
    private byte[] _output = new byte[FirstBytes];
    private int _length;

    /// <summary>Makes the normaliser of a model.</summary>
    /// <exception cref="InvalidDataException">The compiled rules are cut off.</exception>
    public TextNormalizer(SentencePieceModel model)
    {
        _model = model;
        _trie = [];
        _replacements = [];
        var map = model.CharsMap;
        if (map.Length == 0)
        {
            return;
        }

        var size = map.Length < 4 ? int.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(map);
        if (size > (uint)(map.Length - 4) || size % 4 != 0)
        {
            throw new InvalidDataException("Its normalisation rules are cut off.");
        }

        _trie = new uint[size / 4];
        for (var i = 0; i < _trie.Length; i++)
        {
            _trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(map.AsSpan(4 + (i * 4)));
        }

        _replacements = map[(4 + (int)size)..];
    }

    private ReadOnlySpan<byte> Space => _model.EscapeSpaces ? "\u2581"u8 : " "u8;

    /// <summary>The normalised text, valid until the next call.</summary>
    public ReadOnlySpan<byte> Normalize(ReadOnlySpan<byte> text)
    {
        _length = 0;
        if (text.IsEmpty)
        {
            return default;
        }

        Reserve((text.Length * 3) + 6);
        if (_trie.Length == 0 && !_model.RemoveExtraSpaces)
        {
            Prefix();
            AppendEscaped(text);
        }
        else if (!NormalizeByRules(text))
        {
            return default;
        }

        if (_model is { SpaceAsSuffix: true, AddDummyPrefix: true })
        {
            Append(Space);
        }

        return _output.AsSpan(0, _length);
    }

    /// <summary>Drops working memory beyond what is worth keeping.</summary>
    public void Release() => WorkingMemory.Release(ref _output, FirstBytes);

    private bool NormalizeByRules(ReadOnlySpan<byte> text)
    {
        if (_model.RemoveExtraSpaces)
        {
            while (!text.IsEmpty && First(text, out var size) is [(byte)' '])
            {
                text = text[size..];
            }
        }

        if (text.IsEmpty)
        {
            return false;
        }

        Prefix();
        var afterSpace = _model.RemoveExtraSpaces;
        while (!text.IsEmpty)
        {
            var piece = First(text, out var size);
            piece = afterSpace ? piece.TrimStart((byte)' ') : piece;
            if (!piece.IsEmpty)
            {
                AppendEscaped(piece);
                afterSpace = _model.RemoveExtraSpaces && piece[^1] == (byte)' ';
            }

            text = text[size..];
        }

        while (_model.RemoveExtraSpaces && _output.AsSpan(0, _length).EndsWith(Space))
        {
            _length -= Space.Length;
        }

        return true;
    }

    /// <summary>What the longest rule at the text's start, or else its first character, becomes.</summary>
    private ReadOnlySpan<byte> First(ReadOnlySpan<byte> text, out int size)
    {
        size = 0;
        var value = 0u;
        if (_trie.Length > 0)
        {
            // A Darts double array: a unit holds its label, an offset to its children, and whether the first child is a value.
            var node = Offset(_trie[0]);
            for (var i = 0; i < text.Length; i++)
            {
                node ^= text[i];
                var unit = node < (uint)_trie.Length ? _trie[node] : 0;
                if ((unit & 0x800000FF) != text[i] || unit == 0)
                {
                    break;
                }

                node ^= Offset(unit);
                if ((unit & 0x100) != 0)
                {
                    size = i + 1;
                    value = _trie[node] & 0x7FFFFFFF;
                }
            }
        }

        if (size > 0)
        {
            var replacement = _replacements.AsSpan((int)value);
            var end = replacement.IndexOf((byte)0);
            return end < 0 ? replacement : replacement[..end];
        }

        size = Math.Min(Utf8Character.Length(text[0]), text.Length);
        return text[..size];
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);

    private void Prefix()
    {
        if (_model is { SpaceAsSuffix: false, AddDummyPrefix: true })
        {
            Append(Space);
        }
    }

    private void AppendEscaped(ReadOnlySpan<byte> text)
    {
        while (_model.EscapeSpaces && text.IndexOf((byte)' ') is >= 0 and var space)
        {
            Append(text[..space]);
            Append(Space);
            text = text[(space + 1)..];
        }

        Append(text);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(_length + bytes.Length + 3);
        bytes.CopyTo(_output.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int size)
    {
        if (size > _output.Length)
        {
            Array.Resize(ref _output, (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)size), (uint)Array.MaxLength));
        }
    }
}
