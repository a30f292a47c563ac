using System.Text;
using Gateway.Onnx.Tokens;

namespace Gateway.Onnx.Tests.Tokens;

public class WordCacheTests
{
    private readonly WordCache _cache = new();

    [Fact]
    public void Find_KeptWord_GivesItsIds()
    {
        Assert.Empty(_cache.Find("word"u8).ToArray());
        _cache.Keep("word"u8, [1, 2, 3]);
        Assert.Equal([1, 2, 3], _cache.Find("word"u8).ToArray());
    }

    [Fact]
    public void Find_WordThatDiffersByZeroBytes_IsNotThere()
    {
        _cache.Keep("a"u8, [1]);
        Assert.Empty(_cache.Find("a\0"u8).ToArray());
        Assert.Empty(_cache.Find(""u8).ToArray());
        Assert.Empty(_cache.Find("\0"u8).ToArray());
    }

    [Fact]
    public void Keep_LongWordOrManyIds_KeepsNothing()
    {
        _cache.Keep("seventeen letters"u8, [1]);
        _cache.Keep("many"u8, [1, 2, 3, 4, 5]);
        Assert.Empty(_cache.Find("seventeen letters"u8).ToArray());
        Assert.Empty(_cache.Find("many"u8).ToArray());
    }

    [Fact]
    public void Find_MoreWordsThanSlots_IsRightOrAbsent()
    {
        for (var i = 0; i < 20_000; i++)
        {
            _cache.Keep(Encoding.UTF8.GetBytes($"w{i}"), [i]);
        }

        var found = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var ids = _cache.Find(Encoding.UTF8.GetBytes($"w{i}"));
            Assert.True(ids.IsEmpty || ids[0] == i);
            found += ids.Length;
        }

        Assert.InRange(found, 2000, 4096);
    }
}
