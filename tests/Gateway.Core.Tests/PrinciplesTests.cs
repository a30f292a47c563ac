using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.Core.Tests;

/// <summary>Each file of <c>principles/</c> keeps the format of its README, read line by line as that format allows.</summary>
public sealed partial class PrinciplesTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(RepositoryRoot.File("principles"), "*.md")
        .Select(file => Path.GetFileName(file))
        .Where(file => file != "README.md")
        .Order(StringComparer.Ordinal)];

    [Fact]
    public void Files_FirstEntries_AreThere() =>
        Assert.Superset(new HashSet<string> { "helpfulness.md", "correctness.md", "concise.md" }, Files.Select(row => row.Data).ToHashSet());

    [Theory]
    [MemberData(nameof(Files))]
    public void FrontMatter_Keys_AreTheFormats(string file)
    {
        var (front, text) = Read(file);

        Assert.Equal(["id", "version", "scale", "styles", "criteria"], front.Where(line => line[0] is not ' ').Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]));
        Assert.Equal($"id: {Path.GetFileNameWithoutExtension(file)}", front[0]);
        Assert.Matches(VersionLine(), front[1]);
        var scale = ScaleLine().Match(front[2]);
        Assert.True(int.Parse(scale.Groups[1].Value, CultureInfo.InvariantCulture) < int.Parse(scale.Groups[2].Value, CultureInfo.InvariantCulture));
        var styles = StylesLine().Match(front[3]).Groups[1].Value.Split(", ");
        Assert.Subset(new HashSet<string> { "pointwise", "pairwise", "listwise" }, styles.ToHashSet());
        Assert.Equal(styles.Length, styles.Distinct().Count());
        Assert.Equal("criteria:", front[4]);
        Assert.True(text.Trim().Length > 200, "The text for the judge is missing.");
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void FrontMatter_Criteria_AreWhole(string file)
    {
        var lines = Read(file).Front[5..];
        Assert.NotEmpty(lines);
        Assert.Equal(0, lines.Length % 4);
        var names = new List<string>();
        foreach (var criterion in lines.Chunk(4))
        {
            names.Add(NameLine().Match(criterion[0]).Groups[1].Value);
            Assert.Matches(WeightLine(), criterion[1]);
            Assert.Matches(TextLine(), criterion[2]);
            Assert.Matches(ChoicesLine(), criterion[3]);
            var choices = Quoted().Matches(criterion[3]).Select(choice => choice.Value).ToArray();
            Assert.True(choices.Length >= 2 && choices.Distinct().Count() == choices.Length);
        }

        Assert.DoesNotContain("", names);
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    private static (string[] Front, string Text) Read(string file)
    {
        var parts = File.ReadAllText(RepositoryRoot.File($"principles/{file}")).Split("---\n", 3);
        Assert.Equal("", parts[0]);
        return (parts[1].TrimEnd('\n').Split('\n'), parts[2]);
    }

    [GeneratedRegex("^version: [1-9][0-9]*$")]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"^scale: \{ min: (-?\d+), max: (-?\d+) \}$")]
    private static partial Regex ScaleLine();

    [GeneratedRegex(@"^styles: \[([a-z]+(?:, [a-z]+)*)\]$")]
    private static partial Regex StylesLine();

    [GeneratedRegex("^  - name: ([a-z0-9]+(?:-[a-z0-9]+)*)$")]
    private static partial Regex NameLine();

    [GeneratedRegex(@"^    weight: (?:[1-9]\d*|0?\.\d*[1-9])$")]
    private static partial Regex WeightLine();

    [GeneratedRegex("^    text: \"[^\"\\\\]+\\?\"$")]
    private static partial Regex TextLine();

    [GeneratedRegex("^    choices: \\[\"[^\"\\\\]+\"(?:, \"[^\"\\\\]+\")+\\]$")]
    private static partial Regex ChoicesLine();

    [GeneratedRegex("\"[^\"]+\"")]
    private static partial Regex Quoted();
}
