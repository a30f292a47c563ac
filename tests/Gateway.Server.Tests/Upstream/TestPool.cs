using System.Text;
using Gateway.Server.Upstream;

namespace Gateway.Server.Tests.Upstream;

/// <summary>The pool with its clusters, without the rest of a gateway; settings may be changed while it runs.</summary>
internal sealed class TestPool : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Settings _settings = new();

    private TestPool(TimeProvider clock, Action<IServiceCollection> register, (string Key, string Value)[] settings)
    {
        _settings.Replace(settings);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ((IConfigurationBuilder)builder.Configuration).Add(_settings);
        builder.Services.AddSingleton(clock);
        builder.Services.AddLogging();
        builder.Services.AddMetrics();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.Services.AddUpstreams(builder.Configuration);
        register(builder.Services);
        _app = builder.Build();
        _app.MapUpstreams();
    }

    /// <summary>The pool.</summary>
    public UpstreamPool Pool => _app.Services.GetRequiredService<UpstreamPool>();

    /// <summary>The destinations of the cluster <c>c</c>, by name.</summary>
    public IReadOnlyList<UpstreamDestination> Destinations => Pool.Find("c")!.Destinations;

    /// <summary>Everything registered.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>A pool with these settings.</summary>
    public static TestPool Start(params (string Key, string Value)[] settings) => new(TimeProvider.System, _ => { }, settings);

    /// <summary>A pool on a clock of the test's.</summary>
    public static TestPool Start(TimeProvider clock, params (string Key, string Value)[] settings) => new(clock, _ => { }, settings);

    /// <summary>A pool with services of the test's own.</summary>
    public static TestPool Start(Action<IServiceCollection> register, params (string Key, string Value)[] settings) => new(TimeProvider.System, register, settings);

    /// <summary>Calls the cluster <c>c</c> with a small body.</summary>
    public Task<UpstreamReply> CallAsync(string body = "{}") => CallUntilAsync(body, TestContext.Current.CancellationToken);

    /// <summary>The same with a caller that may leave.</summary>
    public Task<UpstreamReply> CallUntilAsync(string body, CancellationToken cancellation) =>
        Pool.SendAsync(new UpstreamCall { Cluster = "c", Path = "/call", Body = Encoding.UTF8.GetBytes(body) }, cancellation);

    /// <summary>Puts other settings in the place of all.</summary>
    public void Reload(params (string Key, string Value)[] settings) => _settings.Replace(settings);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class Settings : ConfigurationProvider, IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public void Replace((string Key, string Value)[] settings)
        {
            Data = settings.GroupBy(setting => setting.Key).ToDictionary(all => all.Key, all => (string?)all.Last().Value, StringComparer.OrdinalIgnoreCase);
            OnReload();
        }
    }
}
