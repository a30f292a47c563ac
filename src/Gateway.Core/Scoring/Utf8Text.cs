using System.Text;

namespace Gateway.Core.Scoring;

/// <summary>
/// Well-formed UTF-8 text, owned or leased. Leased text is readable until its <see cref="TextLease"/> ends and throws after that;
/// whatever outlives the request keeps <see cref="ToOwned"/>.
/// </summary>
public readonly struct Utf8Text : IEquatable<Utf8Text>
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly TextLease? _lease;

    internal Utf8Text(ReadOnlyMemory<byte> bytes, TextLease? lease)
    {
        _bytes = bytes;
        _lease = lease;
    }

    /// <summary>Owned text from UTF-16; each lone surrogate becomes U+FFFD.</summary>
    public Utf8Text(string text) : this(Encoding.UTF8.GetBytes(text), null)
    {
    }

    /// <summary>Owned text that copies <paramref name="utf8"/>.</summary>
    /// <exception cref="ArgumentException">The bytes are not well-formed UTF-8.</exception>
    public static Utf8Text Copy(ReadOnlySpan<byte> utf8) => new(WellFormed(utf8).ToArray(), null);

    /// <summary>Length in bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>True for the text of no bytes.</summary>
    public bool IsEmpty => _bytes.IsEmpty;

    /// <summary>True where the bytes belong to a lease.</summary>
    public bool IsLeased => _lease is not null;

    /// <summary>The bytes.</summary>
    /// <exception cref="ObjectDisposedException">The lease has ended.</exception>
    public ReadOnlySpan<byte> Span
    {
        get
        {
            _lease?.ThrowIfEnded();
            return _bytes.Span;
        }
    }

    /// <summary>This text in memory of its own; itself where it is owned already.</summary>
    public Utf8Text ToOwned() => _lease is null ? this : new Utf8Text(Span.ToArray(), null);

    /// <summary>The part that begins at <paramref name="start"/> bytes, with the same owner.</summary>
    public Utf8Text Slice(int start) => new(_bytes[start..], _lease);

    /// <summary>The part of <paramref name="length"/> bytes that begins at <paramref name="start"/>, with the same owner.</summary>
    public Utf8Text Slice(int start, int length) => new(_bytes.Slice(start, length), _lease);

    /// <inheritdoc/>
    public bool Equals(Utf8Text other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Utf8Text other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>The text as UTF-16, for messages and tests.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);

    /// <summary>Equality of bytes.</summary>
    public static bool operator ==(Utf8Text left, Utf8Text right) => left.Equals(right);

    /// <summary>Inequality of bytes.</summary>
    public static bool operator !=(Utf8Text left, Utf8Text right) => !left.Equals(right);

    private static ReadOnlySpan<byte> WellFormed(ReadOnlySpan<byte> utf8) =>
        System.Text.Unicode.Utf8.IsValid(utf8) ? utf8 : throw new ArgumentException("The bytes are not well-formed UTF-8.", nameof(utf8));
}
