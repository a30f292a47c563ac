using System.Buffers.Binary;
using Gateway.Core.Hardening;

namespace Gateway.Core.Scoring;

/// <summary>
/// What makes two scores the same score: SHA-256 over the key version, the model's revision, the hardening policy and every field of the item,
/// each length-prefixed. Built from positional deconstructions, so a new field breaks the build until it is hashed or waived here.
/// </summary>
public readonly record struct ScoreKey
{
    /// <summary>Bumped when the layout below changes, so that older stored scores are misses.</summary>
    public const int Version = 2;

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    private ScoreKey(ReadOnlySpan<byte> digest)
    {
        _high = BinaryPrimitives.ReadUInt128BigEndian(digest);
        _low = BinaryPrimitives.ReadUInt128BigEndian(digest[16..]);
    }

    /// <summary>The key of an item under its policy for a model of this revision.</summary>
    public static ScoreKey Of(ItemUnderPolicy unit, string revision)
    {
        var hash = new KeyHash();
        hash.Append(Version);
        hash.Append(revision);
        hash.Append(unit.PolicyDigest);
        var (body, guidance) = unit.Item;
        Append(ref hash, guidance);
        hash.Append(body.Case);
        switch (body)
        {
            case ItemBody.Conversation(var prompt, var responses):
                hash.Append(prompt.Count);
                for (var i = 0; i < prompt.Count; i++)
                {
                    var (role, content) = prompt[i];
                    hash.Append(role);
                    hash.Append(content.Span);
                }

                hash.Append(responses.Count);
                for (var i = 0; i < responses.Count; i++)
                {
                    hash.Append(responses[i].Span);
                }

                break;
            case ItemBody.Templated(var text, var prompt):
                hash.Append(text.Span);
                hash.Append(prompt is null ? 0 : 1);
                hash.Append(prompt is { } known ? known.Span : default);
                break;
            case ItemBody.TokenIds tokens:
                tokens.Deconstruct(out var ids);
                hash.Append(ids.Count);
                for (var i = 0; i < ids.Count; i++)
                {
                    hash.Append(ids[i]);
                }

                break;
            default:
                throw new InvalidOperationException($"{body.GetType().Name} has no place in the key. This is a bug.");
        }

        Span<byte> digest = stackalloc byte[32];
        hash.Finish(digest);
        return new ScoreKey(digest);
    }

    /// <summary>The key whose 32 bytes these are.</summary>
    public static ScoreKey Read(ReadOnlySpan<byte> digest) => new(digest[..32]);

    private static void Append(ref KeyHash hash, Guidance? guidance)
    {
        hash.Append(guidance is null ? 0 : 1);
        if (guidance is null)
        {
            return;
        }

        var (reference, principle, rubric, generatesCriteria) = guidance;
        hash.Append(reference is null ? 0 : 1);
        hash.Append(reference is { } known ? known.Span : default);
        hash.Append(principle?.Digest ?? "");
        hash.Append(rubric?.Digest ?? "");
        hash.Append(generatesCriteria ? 1 : 0);
    }

    /// <summary>Writes the 32 bytes of the digest.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    /// <summary>Any part of a digest is as good a hash as any other.</summary>
    public override int GetHashCode() => (int)(ulong)_low;

    /// <summary>The digest in hexadecimal.</summary>
    public override string ToString()
    {
        Span<byte> digest = stackalloc byte[32];
        CopyTo(digest);
        return Convert.ToHexStringLower(digest);
    }
}
