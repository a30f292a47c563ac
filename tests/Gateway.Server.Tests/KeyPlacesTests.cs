using System.Buffers.Binary;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Tests;

/// <summary>Which of many keys are the same, against a dictionary's word.</summary>
public sealed class KeyPlacesTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(300, 40)]
    [InlineData(1000, 1000)]
    public void PlaceOfNext_KeysThatComeAgain_AreTheFirstOfTheirKind(int count, int kinds)
    {
        var random = new Random(count);
        var (keys, seen) = (new ScoreKey[count], new Dictionary<ScoreKey, int>());
        using var places = new KeyPlaces(keys);
        for (var i = 0; i < count; i++)
        {
            var key = Key(high: random.Next(kinds), low: random.Next(2));
            keys[places.Count] = key;
            seen.TryAdd(key, seen.Count);

            Assert.Equal(seen[key], places.PlaceOfNext());
        }

        Assert.Equal(seen.Count, places.Count);
        Assert.Equal(seen.OrderBy(one => one.Value).Select(one => one.Key), keys.Take(places.Count));
    }

    // Only two different hashes, so that nearly all keys want the same slots.
    private static ScoreKey Key(int high, int low)
    {
        Span<byte> digest = stackalloc byte[32];
        BinaryPrimitives.WriteInt32BigEndian(digest, high);
        BinaryPrimitives.WriteInt32BigEndian(digest[28..], low);
        return ScoreKey.Read(digest);
    }
}
