namespace Gateway.Core.Tests;

/// <summary>How many of the control tokens that tokenizers and chat templates were published with are found, one by one, in the middle of an answer.</summary>
public sealed class ControlTokenFactsTests(ITestOutputHelper output)
{
    // As measured; the forms were written with these at hand, so that it says nothing of tokens that come.
    private const double LeastFound = 0.995;

    private static readonly string[] Lines = [.. File.ReadLines(RepositoryRoot.File("tests/Gateway.Core.Tests/Corpus/control-tokens.txt")).Where(line => line.Length > 0 && line[0] != '#')];

    [Fact]
    public void Tokens_ThatArePublished_AreFound()
    {
        var tokens = Lines.Where(line => !line.StartsWith("- ", StringComparison.Ordinal)).ToArray();
        var missed = tokens.Where(token => !IsFound(token)).ToArray();
        output.WriteLine($"{tokens.Length - missed.Length} of {tokens.Length}; missed {string.Join(" ", missed)}");

        Assert.True(tokens.Length >= 700);
        Assert.Equal(tokens.Length, tokens.Distinct(StringComparer.Ordinal).Count());
        Assert.True(missed.Length <= (1 - LeastFound) * tokens.Length, string.Join(" ", missed));
    }

    [Fact]
    public void Tokens_ThatAreOrdinaryText_AreNone() =>
        Assert.All(Lines.Where(line => line.StartsWith("- ", StringComparison.Ordinal)), line => Assert.False(IsFound(line[2..]), line));

    private static bool IsFound(string token) =>
        DefaultPolicy.Findings("Which city is it?", $"It is {token} Paris.").Any(finding => finding is { Rule: "control-token", Field: "response" });
}
