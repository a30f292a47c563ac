using System.Text;
using System.Text.Json.Nodes;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Gateway.Server.Tests;

/// <summary>A whole gateway on a real socket, with the embedded model or a scripted one.</summary>
internal sealed class TestGateway : WebApplicationFactory<Program>
{
    private readonly Dictionary<string, string> _settings;
    private readonly ScriptedModel? _scripted;
    private readonly Action<IServiceCollection> _register;
    private readonly string? _folder;

    private TestGateway(Dictionary<string, string> settings, ScriptedModel? scripted, Action<IServiceCollection>? register)
    {
        _settings = settings;
        _scripted = scripted;
        _register = register ?? (_ => { });
        _folder = scripted is null ? null : Folder("scripted", """{"kind": "scripted"}""");
    }

    private TestGateway(Dictionary<string, string> settings, string folder, Action<IServiceCollection> register)
        : this(settings, scripted: null, register) => _folder = folder;

    /// <summary>A client with the gateway as its base address.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>The permits of the house.</summary>
    public Admission Admission => Services.GetRequiredService<Admission>();

    /// <summary>A gateway that serves models/rm-mini.</summary>
    public static TestGateway WithEmbeddedModel(params (string Key, string Value)[] settings) => Start(settings, null, null);

    /// <summary>The same on a clock that the test drives.</summary>
    public static TestGateway WithEmbeddedModel(TimeProvider clock, params (string Key, string Value)[] settings) => Start(settings, null, services => services.AddSingleton(clock));

    /// <summary>A gateway that serves a scripted model under the name <c>scripted</c>.</summary>
    public static TestGateway With(ScriptedModel model, params (string Key, string Value)[] settings) =>
        Start([("Gateway:DefaultModel", "scripted"), .. settings], model, null);

    /// <summary>The same on a clock that the test drives.</summary>
    public static TestGateway With(ScriptedModel model, TimeProvider clock, params (string Key, string Value)[] settings) =>
        Start([("Gateway:DefaultModel", "scripted"), .. settings], model, services => services.AddSingleton(clock));

    /// <summary>The same with services of the test's own.</summary>
    public static TestGateway With(ScriptedModel model, Action<IServiceCollection> register, params (string Key, string Value)[] settings) =>
        Start([("Gateway:DefaultModel", "scripted"), .. settings], model, register);

    /// <summary>A gateway whose one model is <c>remote</c>, of this manifest.</summary>
    public static TestGateway WithRemoteModel(JsonObject manifest, TimeProvider clock, params (string Key, string Value)[] settings) => Start(new TestGateway(
        Settings([("Gateway:DefaultModel", "remote"), .. settings]), Folder("remote", manifest.ToJsonString()), services => services.AddSingleton(clock)));

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
        // Not UseKestrel(0): the program may have started its server before the factory sets that port.
        builder.UseSetting("Urls", "http://127.0.0.1:0");
        builder.UseSetting("Logging:LogLevel:Default", "None");
        builder.UseSetting("Logging:LogLevel:Microsoft.AspNetCore", "None");
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        if (_folder is not null)
        {
            builder.UseSetting("Gateway:ModelsFolder", _folder);
        }

        if (_scripted is not null)
        {
            builder.ConfigureServices(services => services.AddSingleton<IRewardModelFactory>(_scripted));
        }

        builder.ConfigureServices(_register);
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

    private static Dictionary<string, string> Settings((string Key, string Value)[] settings) =>
        settings.GroupBy(setting => setting.Key).ToDictionary(all => all.Key, all => all.Last().Value);

    private static string Folder(string model, string manifest)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-models-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, model));
        File.WriteAllText(Path.Combine(folder, model, "model.json"), manifest);
        return folder;
    }

    private static TestGateway Start((string Key, string Value)[] settings, ScriptedModel? scripted, Action<IServiceCollection>? register) =>
        Start(new TestGateway(Settings(settings), scripted, register));

    private static TestGateway Start(TestGateway gateway)
    {
        gateway.UseKestrel();
        gateway.StartServer();
        gateway.Http = gateway.CreateClient();
        return gateway;
    }
}
