namespace Gateway.Core.Tests;

/// <summary>The corpus is well-formed: whoever adds a line learns here what is wrong with it.</summary>
public sealed class CorpusLinesTests
{
    private static readonly string Readme = File.ReadAllText(RepositoryRoot.File("tests/Gateway.Core.Tests/Corpus/README.md"));

    private static readonly (string Part, string File, Attack Attack)[] All =
        [.. Attack.Parts.SelectMany(part => Attack.ReadPart(part).Select(line => (part, line.File, line.Attack)))];

    [Fact]
    public void Ids_OfAllLines_AreUniqueAndNameFamilyAndSource()
    {
        Assert.Empty(All.GroupBy(line => line.Attack.Id, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.All(All, line => Assert.StartsWith($"{line.Attack.Family}/{line.Attack.Source}/", line.Attack.Id, StringComparison.Ordinal));
        Assert.All(All, line => Assert.Equal(line.File, line.Attack.Family));
    }

    [Fact]
    public void Texts_OfAllLines_AreSaidOnce() =>
        Assert.Empty(All.GroupBy(line => (line.Attack.Prompt, line.Attack.Response, line.Attack.Times))
            .Where(group => group.Count() > 1).Select(group => string.Join(" = ", group.Select(line => line.Attack.Id))));

    // The same attack on another question is the same attack, so only what was said counts.
    [Fact]
    public void Responses_OfTheUnseenPart_AreInNoOtherPart()
    {
        var seen = All.Where(line => line.Part != "unseen").ToLookup(line => Said(line.Attack));
        Assert.Empty(All.Where(line => line.Part == "unseen").SelectMany(line => seen[Said(line.Attack)].Select(other => $"{line.Attack.Id} = {other.Attack.Id}")));

        static (string, int) Said(Attack attack) =>
            (attack.Response.Trim() is { Length: > 0 } words ? words.ToUpperInvariant() : attack.Response, attack.Times);
    }

    [Fact]
    public void Sources_OfAllLines_AreInOnePartAndInTheReadme()
    {
        foreach (var source in All.GroupBy(line => line.Attack.Source, StringComparer.Ordinal))
        {
            Assert.Single(source.Select(line => line.Part).Distinct());
            Assert.Contains(source.Key, Readme, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rules_OfAllLines_AreNamed() => Assert.All(All, line => Assert.NotEmpty(line.Attack.Rules));
}
