using System.Text.RegularExpressions;
using Gateway.Core.Judging;
using Gateway.Core.Rubrics;

namespace Gateway.Core.Tests;

/// <summary>Each file of <c>principles/</c> is read without a fault and keeps the advice of its README.</summary>
public sealed partial class PrinciplesTests
{
    private const string Readme = "README";

    public static TheoryData<string> Ids => [.. Directory.GetFiles(RepositoryRoot.File("principles"), "*.md")
        .Select(file => Path.GetFileNameWithoutExtension(file))
        .Where(id => id != Readme)
        .Order(StringComparer.Ordinal)];

    [Fact]
    public void Catalogue_WhatPeopleAskFor_IsThere() => Assert.Superset(
        new HashSet<string>
        {
            "brevity-under-constraint", "calibration", "code-quality", "coherence", "concise", "correctness", "creativity", "depth", "explanation", "factuality",
            "format-obedience", "groundedness", "helpfulness", "honesty", "instruction-following", "mathematical-rigour", "multilingual-quality",
            "reasoning-quality", "reference-correctness", "refusal-quality", "relevance", "role-play-consistency", "safety", "style-neutrality",
            "summarisation-faithfulness", "tone", "tool-use",
        },
        Ids.Select(row => row.Data).ToHashSet());

    [Fact]
    public void Styles_Each_HasPrinciplesThatAreWrittenForIt() => Assert.All(
        StyleKinds.Names,
        style => Assert.Contains(Ids, row => Read(row.Data).Styles.Contains(style)));

    [Theory]
    [MemberData(nameof(Ids))]
    public void Principle_Each_IsWhole(string id)
    {
        var principle = Read(id);

        Assert.NotEmpty(principle.Styles);
        Assert.True(principle.Text.Length > 400, "The text for the judge is too short to say where the principle stops.");
        var rubric = principle.Rubric!;
        Assert.Equal((1, 5), (rubric.Scale!.Lowest, rubric.Scale.Highest));
        Assert.Equal(5, rubric.Scale.Descriptions.Count);
        Assert.InRange(rubric.Criteria.Count, 3, 8);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Criterion_Each_IsOneQuestion(string id) => Assert.All(Read(id).Rubric!.Criteria, criterion =>
    {
        Assert.Matches(NamePattern, criterion.Name);
        Assert.EndsWith("?", criterion.Question, StringComparison.Ordinal);
        Assert.Equal(1, criterion.Question.Count(character => character == '?'));
        Assert.False(TwoQuestions.IsMatch(criterion.Question), $"'{criterion.Question}' asks for two things, of which half would earn credit.");
    });

    [Theory]
    [MemberData(nameof(Ids))]
    public void Criterion_ThatAsksForLength_IsOfAPrincipleAboutIt(string id) => Assert.All(
        Read(id).Rubric!.Criteria.Where(criterion => id is not ("concise" or "brevity-under-constraint" or "format-obedience")),
        criterion => Assert.DoesNotMatch(Length, criterion.Question));

    [Fact]
    public void Principles_All_AreDifferent()
    {
        var all = Ids.Select(row => Read(row.Data)).ToList();

        Assert.Equal(all.Count, all.Select(principle => principle.Digest).Distinct().Count());
        Assert.Equal(all.Count, all.Select(principle => principle.Title).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void Sample_OfTheReadme_IsRead()
    {
        var readme = File.ReadAllText(RepositoryRoot.File($"principles/{Readme}.md"));
        var faults = new List<RubricFault>();

        var sample = PrincipleFile.Read("concise", System.Text.Encoding.UTF8.GetBytes(Sample.Match(readme).Groups[1].Value.Replace("    - \"…\"\n", string.Concat(Enumerable.Range(0, 5).Select(i => $"    - \"{i}\"\n")), StringComparison.Ordinal)), faults);

        Assert.Empty(faults);
        Assert.True(sample!.Rubric!.Criteria[0].IsPitfall);
        Assert.All(StyleKinds.Names, style => Assert.Contains($"`{style}`", readme, StringComparison.Ordinal));
    }

    private static Principle Read(string id)
    {
        var faults = new List<RubricFault>();
        var principle = PrincipleFile.Read(id, File.ReadAllBytes(RepositoryRoot.File($"principles/{id}.md")), faults);
        Assert.Empty(faults);
        return principle!;
    }

    [GeneratedRegex("^[a-z0-9]+(?:-[a-z0-9]+)*$")]
    private static partial Regex NamePattern { get; }

    [GeneratedRegex(@"\b(?:and|as well as) (?:is|are|does|do|can|has|have|how|what|which|where|why)\b", RegexOptions.IgnoreCase)]
    private static partial Regex TwoQuestions { get; }

    [GeneratedRegex(@"\b(?:longer|shorter|length|brief|how (?:long|short)|number of (?:words|characters|sentences|lines|paragraphs))\b", RegexOptions.IgnoreCase)]
    private static partial Regex Length { get; }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Sample { get; }
}
