using Gateway.Core.Scoring;
using Gateway.Onnx;
using Gateway.Server.Configuration;
using Gateway.Server.Scoring;

namespace Gateway.Server.Tests;

/// <summary>What a settings file can hold that no command line can.</summary>
public sealed class SettingsCheckTests
{
    [Fact]
    public void Run_NullAmongNumbers_SaysSo() => Assert.Equal(["Gateway:Onnx:Devices:1 is null; remove it."], Problems("""{"Onnx": {"Devices": [0, null]}}"""));

    [Theory]
    [InlineData("""{"Onnx": {"Workers": null, "Provider": null, "Devices": null}, "Models": null, "Limits": {}, "DefaultModel": null}""")]
    [InlineData("""{"Models": {"rm-mini": {}, "other": null}, "DefaultModel": ""}""")]
    [InlineData("""{"Models": {"rm-mini": {"Aliases": [], "MaxTokens": null}}}""")]
    public void Run_NullOrEmptyWhereItKeepsTheDefault_IsFine(string settings) => Assert.Empty(Problems(settings));

    private static IReadOnlyList<string> Problems(string settings)
    {
        using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes($$"""{"Gateway": {{settings}}}"""));
        SettingsSection[] sections =
        [
            new("Gateway", typeof(GatewayOptions)), new("Gateway:Onnx", typeof(OnnxOptions)), new("Gateway:Limits", typeof(LimitsOptions)),
        ];
        var check = new SettingsCheck(new ConfigurationBuilder().AddJsonStream(json).Build(), sections);
        return (Record.Exception(check.Run) as StartupException)?.Problems ?? [];
    }
}
