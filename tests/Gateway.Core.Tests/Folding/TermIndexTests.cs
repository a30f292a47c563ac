using CsCheck;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Tests.Folding;

/// <summary>The index has of each key what was given for it, and nothing of others.</summary>
public sealed class TermIndexTests
{
    [Fact]
    public void Find_AnyKey_GivesWhatBelongsToItInOrder() =>
        Gen.Select(Gen.ULong[0, 40], Gen.Int).Array[0, 60].Sample(pairs =>
        {
            var index = new TermIndex<int>(pairs.GroupBy(pair => pair.Item1, pair => pair.Item2).Select(group => (group.Key, group.AsEnumerable())));
            for (var key = 0UL; key <= 50; key++)
            {
                Assert.Equal(pairs.Where(pair => pair.Item1 == key).Select(pair => pair.Item2), index.Find(key).ToArray());
            }
        });

    [Fact]
    public void Find_InNothing_FindsNothing() => Assert.True(new TermIndex<int>([]).Find(7).IsEmpty);
}
