using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Judging;
using Gateway.Core.Manifest;
using Gateway.Core.Rubrics;

namespace Gateway.Core.Tests;

/// <summary>What a score has to clear, by hand.</summary>
public sealed class ControlBarTests
{
    [Theory]
    // On a scale from 1 to 5: a twentieth of it is 0.2, and 1 earns nothing.
    [InlineData(5, 4, true)]
    [InlineData(4, 4, false)]
    [InlineData(3, 4, false)]
    [InlineData(4.2, 4.0, true)]
    [InlineData(4.1, 4.0, false)]
    [InlineData(1, 1, true)]
    [InlineData(1, 1.19, true)]
    [InlineData(1, 1.21, false)]
    public void IsCleared_RubricScale_AsWorkedOut(double response, double control, bool expected) =>
        Assert.Equal(expected, ControlBar.Of(new ScoreRange(1, 5), null, null)!.Value.IsCleared(response, control));

    [Theory]
    [InlineData(-1, -2, true)]
    [InlineData(-1.5, -2, true)]
    [InlineData(-1.6, -2, false)]
    [InlineData(-20, -20, false)]
    public void IsCleared_NoScale_GoesByTheDeclaredMarginAlone(double response, double control, bool expected) =>
        Assert.Equal(expected, ControlBar.Of(null, 0.5, null)!.Value.IsCleared(response, control));

    [Theory]
    [InlineData(-20, -20, true)]
    [InlineData(-20, 0.4, true)]
    [InlineData(-20, 0.5, false)]
    [InlineData(1.0, 0.5, true)]
    public void IsCleared_DeclaredBottom_PassesOverControlsThatEarnNothing(double response, double control, bool expected) =>
        Assert.Equal(expected, ControlBar.Of(null, 0.5, 0)!.Value.IsCleared(response, control));

    [Fact]
    public void IsCleared_MarginOfZero_AsksForMoreAllTheSame()
    {
        var bar = ControlBar.Of(null, 0, null)!.Value;

        Assert.False(bar.IsCleared(1, 1));
        Assert.True(bar.IsCleared(1.0000001, 1));
    }

    [Fact]
    public void Of_NoScaleAndNoMargin_IsNone() => Assert.Null(ControlBar.Of(null, null, 0));

    [Theory]
    [InlineData("""{"kind": "rubric"}""", 0.0, 10.0)]
    [InlineData("""{"kind": "digits"}""", 0.0, 10.0)]
    [InlineData("""{"kind": "listwise"}""", 0.0, 10.0)]
    [InlineData("""{"kind": "rubric", "verdict": "r3-pointwise"}""", null, null)]
    [InlineData("""{"kind": "binary"}""", 0.0, 1.0)]
    [InlineData("""{"kind": "verifier"}""", 0.0, 1.0)]
    [InlineData("""{"kind": "criteria"}""", 0.0, 1.0)]
    [InlineData("""{"kind": "pairwise"}""", 0.0, 1.0)]
    [InlineData("""{"kind": "yes-no"}""", 0.0, 1.0)]
    [InlineData("""{"kind": "yes-no", "value": "log-odds"}""", null, null)]
    public void RangeOf_EveryStyle_IsWhatItsScoresCanBe(string style, double? lowest, double? highest)
    {
        using var json = System.Text.Json.JsonDocument.Parse(style);
        var kind = json.RootElement.GetProperty("kind").GetString()!;
        var problems = new List<string>();
        var made = StyleKinds.Make(kind, new StyleSource(new ManifestObject(json.RootElement, "style.", problems, StyleKinds.KeysOf(kind)), _ => null));

        Assert.Empty(problems);
        Assert.Equal(lowest is null ? null : new ScoreRange(lowest.Value, highest!.Value), made.RangeOf(new ScoreScale(0, 10, [])));
    }
}
