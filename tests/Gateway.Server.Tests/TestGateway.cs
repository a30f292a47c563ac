using System.Text;
using System.Text.Json.Nodes;
using Gateway.Core.Scoring;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Gateway.Server.Tests;

/// <summary>A whole gateway on a real socket, with the embedded model or a scripted one.</summary>
internal sealed class TestGateway : WebApplicationFactory<Program>
{
    private readonly Dictionary<string, string> _settings;
    private readonly ScriptedModel? _scripted;
    private readonly string? _folder;

    private TestGateway(Dictionary<string, string> settings, ScriptedModel? scripted)
    {
        _settings = settings;
        _scripted = scripted;
        if (scripted is not null)
        {
            _folder = Directory.CreateTempSubdirectory("gateway-models-").FullName;
            Directory.CreateDirectory(Path.Combine(_folder, "scripted"));
            File.WriteAllText(Path.Combine(_folder, "scripted", "model.json"), """{"kind": "scripted"}""");
        }
    }

    /// <summary>A client with the gateway as its base address.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>A gateway that serves models/rm-mini.</summary>
    public static TestGateway WithEmbeddedModel(params (string Key, string Value)[] settings) => Start(settings, null);

    /// <summary>A gateway that serves a scripted model under the name <c>scripted</c>.</summary>
    public static TestGateway With(ScriptedModel model, params (string Key, string Value)[] settings) =>
        Start([("Gateway:DefaultModel", "scripted"), .. settings], model);

    /// <summary>Posts a body as it is.</summary>
    public async Task<(int Status, JsonNode? Json, HttpResponseMessage Response)> PostAsync(string path, string body, string type = "application/json")
    {
        using var content = new StringContent(body, Encoding.UTF8, type);
        return await SendAsync(path, content);
    }

    /// <summary>Posts bytes as they are.</summary>
    public async Task<(int Status, JsonNode? Json, HttpResponseMessage Response)> SendAsync(string path, HttpContent content)
    {
        var response = await Http.PostAsync(path, content, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), response);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        if (_scripted is not null)
        {
            builder.UseSetting("Gateway:ModelsFolder", _folder);
            builder.ConfigureServices(services => services.AddSingleton<IRewardModelFactory>(_scripted));
        }
    }

    protected override void Dispose(bool disposing)
    {
        Http?.Dispose();
        base.Dispose(disposing);
        if (_folder is not null && Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static TestGateway Start((string Key, string Value)[] settings, ScriptedModel? scripted)
    {
        var gateway = new TestGateway(settings.ToDictionary(setting => setting.Key, setting => setting.Value), scripted);
        gateway.UseKestrel(0);
        gateway.StartServer();
        gateway.Http = gateway.CreateClient();
        return gateway;
    }
}
