using System.Buffers;
using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;

namespace Gateway.Server.Caching;

/// <summary>A text as it is kept, with its digest. Immutable, so one instance serves every caller.</summary>
[ImmutableObject(true)]
internal sealed class KeptText
{
    private KeptText(byte[] utf8)
    {
        Text = Encoding.UTF8.GetString(utf8);
        Digest = Convert.ToHexStringLower(SHA256.HashData(utf8));
        Utf8 = utf8;
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>SHA-256 of its UTF-8, in hexadecimal.</summary>
    public string Digest { get; }

    /// <summary>Its UTF-8.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>Of a text; half a surrogate pair becomes U+FFFD here, as it would on its way through Redis.</summary>
    public static KeptText Of(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Of well-formed UTF-8.</summary>
    public static KeptText Of(ReadOnlySequence<byte> utf8) => new(utf8.ToArray());
}

/// <summary>Writes a <see cref="KeptText"/> as its UTF-8.</summary>
internal sealed class KeptTextSerializer : IHybridCacheSerializer<KeptText>
{
    public KeptText Deserialize(ReadOnlySequence<byte> source) => KeptText.Of(source);

    public void Serialize(KeptText value, IBufferWriter<byte> target) => target.Write(value.Utf8.Span);
}
