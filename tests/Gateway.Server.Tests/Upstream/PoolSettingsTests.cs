using Gateway.Core.Scoring;
using Gateway.Server.Configuration;
using Gateway.Server.Upstream;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Server.Tests.Upstream;

/// <summary>Clusters are written as YARP has them, with the gateway's settings beside; whatever nobody reads refuses to start.</summary>
public sealed class PoolSettingsTests
{
    [Fact]
    public void Run_EverySettingOfYarpAndOurs_IsKnown() => Assert.Empty(Unknown("""
        {
          "Clusters": {
            "rewards": {
              "Engine": "vllm", "Model": "reward-7b", "Billed": false, "Concurrency": 64, "WaitingCalls": 10, "WaitMs": 1, "UnhealthyWaitMs": 1,
              "TimeoutMs": 1000, "AttemptTimeoutMs": 10, "ConnectTimeoutMs": 10, "DeadAfterMs": 5000, "Retries": 1, "RetryPercent": 5, "RetryFloor": 1, "Affinity": true,
              "AffinityPercent": 150, "BreakerFailures": 3, "BreakerPercent": 40, "BreakerOpenMs": 10, "Authorization": "Bearer x",
              "DeadlineHeader": "X-Left-Ms", "ReplyBytes": 4096,
              "Destinations": {
                "one": { "Address": "https://10.0.0.1:8000", "Health": "https://10.0.0.1:8001", "Host": "a.example", "Weight": 2, "Priority": 1, "Metadata": { "any": "thing" } }
              },
              "HealthCheck": { "Active": { "Enabled": true, "Interval": "00:00:10", "Timeout": "00:00:05", "Path": "/up", "Query": "?deep=1" } },
              "HttpClient": {
                "SslProtocols": ["Tls12", "Tls13"], "DangerousAcceptAnyServerCertificate": false, "MaxConnectionsPerServer": 10,
                "EnableMultipleHttp2Connections": true, "RequestHeaderEncoding": "utf-8", "ResponseHeaderEncoding": "utf-8",
                "WebProxy": { "Address": "http://proxy:3128", "BypassOnLocal": true, "UseDefaultCredentials": false }
              },
              "HttpRequest": { "ActivityTimeout": "00:02:00", "Version": "2.0", "VersionPolicy": "RequestVersionOrLower", "AllowResponseBuffering": false },
              "Metadata": { "free": "words" }
            }
          },
          "Routes": {
            "files": {
              "ClusterId": "rewards", "Order": 1, "MaxRequestBodySize": 1000, "Timeout": "00:00:10",
              "Match": { "Path": "/files/{**rest}", "Methods": ["GET"], "Hosts": ["a.example"], "Headers": [{ "Name": "X", "Values": ["y"], "Mode": "ExactHeader" }] },
              "Transforms": [{ "PathRemovePrefix": "/files" }], "Metadata": { "free": "words" }
            }
          }
        }
        """));

    [Theory]
    [InlineData("""{"Clusters": {"c": {"Destination": {}}}}""", "Gateway:Clusters:c:Destination is no setting")]
    [InlineData("""{"Clusters": {"c": {"Destinations": {"a": {"Adress": "http://x"}}}}}""", "Gateway:Clusters:c:Destinations:a:Adress is no setting")]
    [InlineData("""{"Clusters": {"c": {"HealthCheck": {"Active": {"Intervall": "00:00:01"}}}}}""", "Gateway:Clusters:c:HealthCheck:Active:Intervall is no setting")]
    [InlineData("""{"Clusters": {"c": {"HealthCheck": {"Active": {"Interval": "soon"}}}}}""", "Gateway:Clusters:c:HealthCheck:Active:Interval is 'soon'; it must be a time such as 00:00:10.")]
    [InlineData("""{"Clusters": {"c": {"HttpClient": {"MaxConnections": 1}}}}""", "Gateway:Clusters:c:HttpClient:MaxConnections is no setting")]
    [InlineData("""{"Clusters": {"c": {"HttpRequest": {"Version": "two"}}}}""", "Gateway:Clusters:c:HttpRequest:Version is 'two'")]
    [InlineData("""{"Clusters": {"c": {"LoadBalancingPolicy": "RoundRobin"}}}""", "Gateway:Clusters:c:LoadBalancingPolicy is no setting")]
    [InlineData("""{"Clusters": {"c": {"Billed": "maybe"}}}""", "Gateway:Clusters:c:Billed is 'maybe'; it must be true or false.")]
    [InlineData("""{"Clusters": {"c": {"Engine": "vlm"}}}""", "Gateway:Clusters:c:Engine is 'vlm'; it must be one of None, Vllm")]
    [InlineData("""{"Routes": {"r": {"Math": {}}}}""", "Gateway:Routes:r:Math is no setting")]
    public void Run_WhatNobodyReads_IsNamed(string settings, string problem) =>
        Assert.StartsWith(problem, Assert.Single(Unknown(settings)), StringComparison.Ordinal);

    [Theory]
    [InlineData("Retries", "-1", "Gateway:Clusters:c:Retries must be between 0 and 100.")]
    [InlineData("DeadAfterMs", "1999", "Gateway:Clusters:c:DeadAfterMs is 1999; the system counts in seconds: set 2000 or more, or 0 for never.")]
    [InlineData("Concurrency", "0", "Gateway:Clusters:c:Concurrency must be between 1 and 1000000.")]
    [InlineData("PassThrough:ActivityTimeoutMs", "0", "Gateway:Clusters:c:PassThrough:ActivityTimeoutMs must be between 1 and 86400000.")]
    [InlineData("Destinations:a:Weight", "0", "Gateway:Clusters:c:Destinations:a:Weight must be between 1 and 1000.")]
    [InlineData("Destinations:a:Address", "10.0.0.7:8000", "Gateway:Clusters:c:Destinations:a:Address is '10.0.0.7:8000'; write an address such as http://10.0.0.7:8000.")]
    [InlineData("Destinations:b:Weight", "1", "Gateway:Clusters:c:Destinations:b:Address is ''; write an address such as http://10.0.0.7:8000.")]
    [InlineData("Model", "m", "Gateway:Clusters:c:Model is 'm', but engine None has no route that names its model; remove it, or name another Engine.")]
    [InlineData("HealthCheck:Passive:Enabled", "true", "Gateway:Clusters:c:HealthCheck takes Active:Enabled, Interval, Timeout, Path and Query; remove the others, whose part BreakerFailures, BreakerPercent and BreakerOpenMs have.")]
    public void Start_SettingsThatDoNotFit_RefusesWithTheRemedy(string setting, string value, string problem)
    {
        var e = Assert.Throws<StartupException>(() => TestPool.Start(
            ("Gateway:Clusters:c:Destinations:a:Address", "http://127.0.0.1:1"), ($"Gateway:Clusters:c:{setting}", value)));

        Assert.Equal([problem], e.Problems);
    }

    [Fact]
    public void Validate_ProblemsOfSeveralClusters_AreAllNamed()
    {
        var clusters = new ClustersOptions { ["one"] = new ClusterOptions(), ["two"] = new ClusterOptions { Retries = 101 } };

        var problems = new ClustersOptionsValidator().Validate(null, clusters).Failures!.ToList();

        Assert.Equal(
        [
            "Gateway:Clusters:one:Destinations is empty; add Gateway:Clusters:one:Destinations:<name>:Address.",
            "Gateway:Clusters:two:Retries must be between 0 and 100.",
            "Gateway:Clusters:two:Destinations is empty; add Gateway:Clusters:two:Destinations:<name>:Address.",
        ], problems);
    }

    [Fact]
    public void Validate_MoreDestinationsThanFit_IsRefused()
    {
        var many = new ClusterOptions
        {
            Destinations = Enumerable.Range(0, 65).ToDictionary(i => $"d{i}", i => new DestinationOptions { Address = $"http://10.0.0.{i}:80" }),
        };

        Assert.Contains("has 65 entries; a cluster has at most 64", Assert.Single(new ClustersOptionsValidator().Problems("c", many)), StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Unknown(string settings)
    {
        using var json = new MemoryStream(System.Text.Encoding.UTF8.GetBytes($$"""{"Gateway": {{settings}}}"""));
        SettingsSection[] sections = [new("Gateway:Clusters", typeof(ClustersOptions)), new("Gateway:Routes", typeof(Dictionary<string, RouteConfig>))];
        var check = new SettingsCheck(new ConfigurationBuilder().AddJsonStream(json).Build(), sections);
        return (Record.Exception(check.Run) as StartupException)?.Problems ?? [];
    }
}
