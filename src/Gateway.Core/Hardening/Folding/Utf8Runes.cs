using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>The characters of UTF-8 bytes, for <c>foreach</c>; bytes that are none come as U+FFFD.</summary>
internal ref struct Utf8Runes(ReadOnlySpan<byte> utf8)
{
    private ReadOnlySpan<byte> _rest = utf8;

    /// <summary>The character that was read last.</summary>
    public Rune Current { get; private set; }

    /// <summary>Itself.</summary>
    public readonly Utf8Runes GetEnumerator() => this;

    /// <summary>Reads the next character.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        Rune.DecodeFromUtf8(_rest, out var rune, out var size);
        _rest = _rest[size..];
        Current = rune;
        return true;
    }
}
