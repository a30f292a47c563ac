using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Onnx;
using Gateway.Server.Access;
using Gateway.Server.Caching;
using Gateway.Server.Proxy;
using Gateway.Server.Scoring;
using Gateway.Server.Upstream;
using Gateway.Server.Watching;
using Gateway.Server.Wire;

namespace Gateway.Server.Tests;

/// <summary>The README's settings table has every setting with its real default, and no other.</summary>
public sealed partial class ReadmeSettingsTests
{
    private static readonly (string Section, object Options)[] Sections =
    [
        ("Gateway", new GatewayOptions()),
        ("Gateway:Models:<name>", new ModelOptions()),
        ("Gateway:Models:<name>:Controls", new ControlOptions()),
        ("Gateway:Models:<name>:Smoothing", new SmoothingOptions()),
        ("Gateway:Hardening", new HardeningOptions()),
        ("Gateway:Hardening:Policies:<name>", new PolicyOptions()),
        ("Gateway:Hardening:Policies:<name>:Rules:<rule>", new RuleActionOptions()),
        ("Gateway:Onnx", new OnnxOptions()),
        ("Gateway:Limits", new LimitsOptions()),
        ("Gateway:Proxy", new ProxyOptions()),
        ("Gateway:Clusters:<name>", new ClusterOptions()),
        ("Gateway:Clusters:<name>:Destinations:<name>", new DestinationOptions()),
        ("Gateway:Clusters:<name>:PassThrough", new PassThroughOptions()),
        ("Gateway:Models:<name>:Limits", new Server.Judging.JudgeLimitsOptions()),
        ("Gateway:Models:<name>:Prices", new Server.Judging.JudgePrices()),
        ("Gateway:PatienceMs", new PatienceOptions()),
        ("Gateway:NemoGym", new NemoGymOptions()),
        ("Gateway:Slime", new SlimeOptions()),
        ("Gateway:Cache", new CacheOptions()),
        ("Gateway:Cache:Texts", new TextCacheOptions()),
        ("Gateway:Watch", new WatchOptions()),
        ("Gateway:Admin", new AdminOptions()),
    ];

    // Options of their own, with rows of their own.
    private static readonly string[] Subsections = ["Gateway:Models", "Gateway:Models:<name>:Controls", "Gateway:Models:<name>:Smoothing", "Gateway:Models:<name>:Limits", "Gateway:Models:<name>:Prices", "Gateway:Clusters:<name>:PassThrough", "Gateway:Hardening:Policies", "Gateway:Hardening:Policies:<name>:Rules"];

    // Defaults that no property's initial value shows.
    private static readonly Dictionary<string, string> InWords = new(StringComparer.Ordinal)
    {
        ["Gateway:Models:<name>:MaxTokens"] = "the manifest's",
        ["Gateway:Onnx:Devices"] = "[0]",
        ["Gateway:Slime:NumberPaths"] = JsonSerializer.Serialize(new SlimeOptions().Numbers),
        ["Gateway:Slime:ObjectPaths"] = JsonSerializer.Serialize(new SlimeOptions().Objects),
    };

    [Fact]
    public void SettingsTable_EveryOption_HasItsRowAndDefault()
    {
        var shipped = JsonNode.Parse(File.ReadAllText(RepositoryRoot.File("src/Gateway.Server/appsettings.json")))!;
        var expected = Sections
            .SelectMany(section => section.Options.GetType().GetProperties()
                .Where(property => property.SetMethod?.IsPublic == true && !Subsections.Contains($"{section.Section}:{property.Name}"))
                .Select(property => (Name: $"{section.Section}:{property.Name}", Value: property.GetValue(section.Options))))
            .Select(setting => (setting.Name, Default: InWords.GetValueOrDefault(setting.Name) ?? Shipped(shipped, setting.Name) ?? Shown(setting.Value)))
            .Append((Name: "Urls", Default: Shipped(shipped, "Urls")!));

        Assert.Equal(expected.OrderBy(row => row.Name, StringComparer.Ordinal), Rows().OrderBy(row => row.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void ShippedSettings_WithADefaultInCode_AgreeWithIt()
    {
        var shipped = JsonNode.Parse(File.ReadAllText(RepositoryRoot.File("src/Gateway.Server/appsettings.json")))!;

        Assert.Equal(new GatewayOptions().ModelsFolder, Shipped(shipped, "Gateway:ModelsFolder"));
    }

    private static string? Shipped(JsonNode settings, string name) =>
        name.Split(':').Aggregate((JsonNode?)settings, (node, step) => node?[step])?.GetValue<string>();

    private static string Shown(object? value) => value switch
    {
        null or ICollection { Count: 0 } => "none",
        int[] numbers => JsonSerializer.Serialize(numbers),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static IEnumerable<(string Name, string Default)> Rows() =>
        SettingRow.Matches(File.ReadAllText(RepositoryRoot.File("README.md"))).Select(row => (row.Groups[1].Value, row.Groups[2].Value.Trim('`').Replace("\", \"", "\",\"", StringComparison.Ordinal)));

    [GeneratedRegex(@"^\| `((?:Gateway:|Urls)[^`]*)` \| ([^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex SettingRow { get; }
}
