using System.Text;
using System.Text.Json.Nodes;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;
using Gateway.Server.Upstream.Engines;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>Damaged replies of every dialect: a score of a damaged reply is one that it still holds, at its place; anything else is refused.</summary>
public sealed class EngineFuzzTests
{
    private static readonly string Folder = RepositoryRoot.File("tests/Gateway.Server.Tests/Upstream/Engines/Samples");

    private static readonly string[] Odd = ["null", "\"x\"", "[]", "{}", "-1", "0.5", "7", "1e999", "true", "[[1.5]]", "{\"index\": 0}", "\"\\ud800\""];

    [Theory]
    [MemberData(nameof(EngineSamplesTests.Samples), MemberType = typeof(EngineSamplesTests))]
    public async Task Read_DamagedBytes_GivesFiniteScoresOrRefuses(string sample)
    {
        var (protocol, manifest, texts, reply) = await SampleAsync(sample);
        var random = new Random(sample.Length);
        for (var round = 0; round < 2_000; round++)
        {
            var damaged = (byte[])reply.Clone();
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            Check(protocol, manifest, texts, damaged[..(random.Next(4) == 0 ? random.Next(damaged.Length) : damaged.Length)]);
        }
    }

    [Theory]
    [MemberData(nameof(EngineSamplesTests.Samples), MemberType = typeof(EngineSamplesTests))]
    public async Task Read_OddValuesAnywhere_GivesFiniteScoresOrRefuses(string sample)
    {
        var (protocol, manifest, texts, reply) = await SampleAsync(sample);
        var places = Places(JsonNode.Parse(reply)!).Count;
        foreach (var odd in Odd)
        {
            for (var place = 0; place < places; place++)
            {
                var root = JsonNode.Parse(reply)!;
                Places(root)[place].ReplaceWith("@odd@");
                var damaged = root.ToJsonString().Replace("\"@odd@\"", odd, StringComparison.Ordinal);
                Check(protocol, manifest, texts, Encoding.UTF8.GetBytes(damaged));
            }
        }
    }

    private static void Check(IUpstreamProtocol protocol, RemoteManifest manifest, RemoteText[] texts, byte[] reply)
    {
        try
        {
            var scores = protocol.Read(manifest, new UpstreamReply(200, reply, "application/json", "a", 1, TimeSpan.Zero), texts);
            Assert.Equal(texts.Length, scores.Length);
            Assert.All(scores, score => Assert.True(score.Failure is not null || (double.IsFinite(score.Value) && score.Tokens >= 0)));
        }
        catch (UnreadableReplyException refused)
        {
            Assert.NotEmpty(refused.Message);
        }
        catch (InvalidOperationException half)
        {
            // Half a surrogate pair; whoever asks for the reply turns this into a failure.
            Assert.Contains("\\u", Encoding.UTF8.GetString(reply), StringComparison.OrdinalIgnoreCase);
            Assert.NotEmpty(half.Message);
        }
    }

    private static async Task<(IUpstreamProtocol Protocol, RemoteManifest Manifest, RemoteText[] Texts, byte[] Reply)> SampleAsync(string sample)
    {
        var kind = sample[..sample.IndexOf('/', StringComparison.Ordinal)];
        var given = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, $"{sample}.case.json"), TestContext.Current.CancellationToken))!;
        var protocol = EngineKinds.All.Single(one => one.Kind == kind);
        var manifest = new RemoteManifestReader(protocol).Read(
            Encoding.UTF8.GetBytes(RemoteModel.Manifest(kind, given["manifest"]!.ToJsonString()).ToJsonString()), [])!;
        var writer = new RemoteTextWriter(manifest, new ModelSource("remote", "", new ModelDeployment()), protocol.Traits);
        return (
            protocol,
            manifest,
            [.. given["items"]!.AsArray().Select(item => writer.Write(EngineSamplesTests.Body(item!), 0))],
            await File.ReadAllBytesAsync(Path.Combine(Folder, $"{sample}.reply.json"), TestContext.Current.CancellationToken));
    }

    private static List<JsonNode> Places(JsonNode node)
    {
        var places = new List<JsonNode>();
        IEnumerable<JsonNode?> children = node switch { JsonObject values => values.Select(value => value.Value), JsonArray values => values, _ => [] };
        foreach (var child in children.OfType<JsonNode>())
        {
            places.Add(child);
            places.AddRange(Places(child));
        }

        return places;
    }
}
