using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Hardening;

namespace Gateway.Core.Scoring;

/// <summary>
/// What makes two scores the same score: SHA-256 over the key version, the model's revision, the hardening policy and every field of the item,
/// each length-prefixed. Built from positional deconstructions, so a new field breaks the build until it is hashed or waived here.
/// </summary>
public readonly record struct ScoreKey
{
    /// <summary>Bumped when the layout below changes, so that older stored scores are misses.</summary>
    public const int Version = 1;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    private ScoreKey(ReadOnlySpan<byte> digest)
    {
        _high = BinaryPrimitives.ReadUInt128BigEndian(digest);
        _low = BinaryPrimitives.ReadUInt128BigEndian(digest[16..]);
    }

    /// <summary>The key of an item for a model of this revision.</summary>
    public static ScoreKey Of(HardenedItem hardened, string revision)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Version);
        Append(hash, revision);
        Append(hash, hardened.PolicyDigest);
        hardened.Item.Deconstruct(out var body);
        Append(hash, body.Case);
        switch (body)
        {
            case ItemBody.Conversation(var prompt, var responses):
                Append(hash, prompt.Count);
                foreach (var (role, content) in prompt)
                {
                    Append(hash, role);
                    Append(hash, content.Span);
                }

                Append(hash, responses.Count);
                foreach (var response in responses)
                {
                    Append(hash, response.Span);
                }

                break;
            case ItemBody.Templated(var text, var prompt):
                Append(hash, text.Span);
                Append(hash, prompt is null ? 0 : 1);
                Append(hash, prompt is { } known ? known.Span : default);
                break;
            case ItemBody.TokenIds tokens:
                tokens.Deconstruct(out var ids);
                Append(hash, ids.Count);
                foreach (var id in ids)
                {
                    Append(hash, id);
                }

                break;
            default:
                throw new InvalidOperationException($"{body.GetType().Name} has no place in the key. This is a bug.");
        }

        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return new ScoreKey(digest);
    }

    /// <summary>Writes the 32 bytes of the digest.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    /// <summary>The digest in hexadecimal.</summary>
    public override string ToString()
    {
        Span<byte> digest = stackalloc byte[32];
        CopyTo(digest);
        return Convert.ToHexStringLower(digest);
    }

    private static void Append(IncrementalHash hash, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, string value) => Append(hash, Encoding.UTF8.GetBytes(value));

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> value)
    {
        Append(hash, value.Length);
        hash.AppendData(value);
    }
}
