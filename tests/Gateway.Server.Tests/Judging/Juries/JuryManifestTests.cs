using System.Diagnostics.Metrics;
using System.Text;
using Gateway.Core.Aggregation;
using Gateway.Core.Rubrics;
using Gateway.Server.Judging.Juries;

namespace Gateway.Server.Tests.Judging.Juries;

/// <summary>What a jury's manifest may say, and what its revision depends on.</summary>
public sealed class JuryManifestTests
{
    private const string Ab = """{"model": "a"}, {"model": "b"}""";
    private const string Calibrated = """{"model": "a", "calibration": {"mean": 0, "deviation": 1} }, {"model": "b", "calibration": {"mean": 3, "deviation": 2}}""";
    private const string Scale = """ "scale": {"lowest": 1, "highest": 5}""";

    [Fact]
    public void Read_Everything_IsWhatItSays()
    {
        var manifest = Read("""
            {"kind": "jury", "description": "d", "licence": "l", "welfare": "nash", "scale": {"lowest": 1, "highest": 5}, "quorum": 1, "alarm": 1.5, "jurors": [
              {"name": "x", "model": "a", "weight": 2, "principle": {"text": "t"}, "range": {"lowest": 0, "highest": 1}, "calibration": {"mean": 0.5, "deviation": 0.25}},
              {"model": "b", "calibration": {"mean": 3, "deviation": 1} }]}
            """, out var problems);

        Assert.Empty(problems);
        Assert.Equal(new JuryRule(Welfare.Nash, new ScoreRange(1, 5), 1, 1.5), manifest!.Rule);
        Assert.Equal(
            [
                new Juror("x", "a", 2) { Principle = Principle.Inline("t"), Range = new ScoreRange(0, 1), Calibration = new ScoreCalibration(0.5, 0.25) },
                new Juror("b", "b") { Calibration = new ScoreCalibration(3, 1) },
            ],
            manifest.Jurors);
    }

    [Fact]
    public void Read_Defaults_AreTheMeanOfAll()
    {
        var manifest = Read($$"""{"kind": "jury", "jurors": [{{Calibrated}}]}""", out var problems);

        Assert.Empty(problems);
        Assert.Equal(new JuryRule(Welfare.Mean, null, 2), manifest!.Rule);
    }

    [Theory]
    [InlineData($$"""{"kind": "jury", "jurors": [{{Ab}}]}""", "'scale'")]
    [InlineData($$"""{"kind": "jury", "jurors": [{"model": "a", "calibration": {"mean": 0, "deviation": 1} }, {"model": "b"}]}""", "'b'")]
    [InlineData($$"""{"kind": "jury", "welfare": "nash", "jurors": [{{Calibrated}}]}""", "'nash'")]
    [InlineData($$"""{"kind": "jury", "welfare": "nash", "scale": {"lowest": 0, "highest": 1}, "jurors": [{{Ab}}]}""", "above 0")]
    [InlineData($$"""{"kind": "jury", "welfare": "sum", {{Scale}}, "jurors": [{{Ab}}]}""", "'sum'")]
    [InlineData($$"""{"kind": "jury", "scale": {"lowest": 5, "highest": 1}, "jurors": [{{Ab}}]}""", "'lowest' below")]
    [InlineData($$"""{"kind": "jury", "scale": {"lowest": 1}, "jurors": [{{Ab}}]}""", "'highest'")]
    [InlineData($$"""{"kind": "jury", {{Scale}}, "jurors": [{"model": "a"}]}""", "2 to 32")]
    [InlineData($$"""{"kind": "jury", {{Scale}}, "jurors": [{"model": "a"}, {"model": "a"}]}""", "named 'a'")]
    [InlineData($$"""{"kind": "jury", {{Scale}}}""", "'jurors'")]
    [InlineData($$"""{"kind": "jury", {{Scale}}, "jurors": ["a", "b"]}""", "'jurors'")]
    [InlineData($$"""{"kind": "jury", {{Scale}}, "jurors": [{"model": "a"}, {"name": "b"}]}""", "jurors[1].model")]
    [InlineData($$"""{"kind": "jury", {{Scale}}, "jurors": [{"model": "a", "weight": 0}, {"model": "b"}]}""", "weight")]
    [InlineData($$"""{"kind": "jury", "welfare": "min", {{Scale}}, "jurors": [{"model": "a", "weight": 2}, {"model": "b"}]}""", "'weight'")]
    [InlineData($$"""{"kind": "jury", {{Scale}}, "quorum": 3, "jurors": [{{Ab}}]}""", "quorum")]
    [InlineData($$"""{"kind": "jury", {{Scale}}, "alarm": 1, "jurors": [{{Ab}}]}""", "'calibration' of 'a', 'b'")]
    [InlineData($$"""{"kind": "jury", "jurors": [{"model": "a", "calibration": {"mean": 0, "deviation": 0} }, {"model": "b", "calibration": {"mean": 0, "deviation": 1} }]}""", "deviation")]
    [InlineData($$"""{"kind": "jury", {{Scale}}, "jurors": [{"model": "a", "principle": {"txt": "x"} }, {"model": "b"}]}""", "jurors[0].principle")]
    [InlineData($$"""{"kind": "jury", {{Scale}}, "jurors": [{"model": "a", "wieght": 1}, {"model": "b"}]}""", "weight")]
    public void Read_WrongManifest_SaysWhatToMend(string json, string named)
    {
        Assert.Null(Read(json, out var problems));
        Assert.Contains(problems, problem => problem.Contains(named, StringComparison.Ordinal));
    }

    [Fact]
    public void Revision_OfAJury_FollowsItsManifestAndEveryJuror()
    {
        ScriptedModel[] parts = [new(), new()];
        var jury = Seated(Calibrated);
        var before = jury.Revision;

        Assert.Equal(before, Seated(Calibrated).Revision);
        Assert.NotEqual(before, Seated(Calibrated.Replace("3", "4", StringComparison.Ordinal)).Revision);
        parts[1].Revision = "scripted-2";
        Assert.NotEqual(before, jury.Revision);
        parts[1].Revision = "scripted-1";
        Assert.Equal(before, jury.Revision);

        JuryRewardModel Seated(string jurors) => new(
            "jury", Read($$"""{"kind": "jury", "jurors": [{{jurors}}]}""", out _)!, parts, () => throw new InvalidOperationException(), new JuryMetrics(new NoMeters()));
    }

    private static JuryManifest? Read(string json, out List<string> problems) => JuryManifestReader.Read(Encoding.UTF8.GetBytes(json), problems = []);

    private sealed class NoMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
