using Gateway.Server;
using Gateway.Server.Access;
using Gateway.Server.Caching;
using Gateway.Server.Configuration;
using Gateway.Server.Judging;
using Gateway.Server.Proxy;
using Gateway.Server.Rubrics;
using Gateway.Server.Scoring;
using Gateway.Server.Telemetry;
using Gateway.Server.Upstream;
using Gateway.Server.Watching;
using Gateway.Server.Wire;
using Microsoft.AspNetCore.Connections;
using Scalar.AspNetCore;

SocketThreads.TakeUpWhatComes();
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.WebHost.UseKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    // What an engine's reply holds is passed on as it came, byte for byte.
    kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
    // The edge has its own limit, so that a body that is too long gets the dialect's error.
    kestrel.Limits.MaxRequestBodySize = null;
});
builder.WebHost.UseSockets(sockets => sockets.Backlog = 8192);
builder.Services.AddSingleton<IMemoryPoolFactory<byte>, NetworkMemory>();

builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<SettingsCheck>();
builder.Services.AddTelemetry();
builder.Services.AddHardening();
builder.Services.AddUpstreams(builder.Configuration);
builder.Services.AddModels();
builder.Services.AddPrinciples();
builder.Services.AddJudging();
builder.Services.AddAdmin();
builder.Services.AddCache();
builder.Services.AddTextCache();
builder.Services.AddScoring();
builder.Services.AddProxy();
builder.Services.AddWatch();
builder.Services.AddWire();
builder.Services.AddOpenApi(document => document.DescribeGateway());
builder.Services.AddProblemDetails();

await using var app = builder.Build();
try
{
    StartupReport.CheckSettings(app.Services);
    app.UseStatusCodePages();
    app.UseMiddleware<FramingGuard>();
    app.UseMiddleware<TraceContext>();
    app.MapHealth();
    app.MapPrometheusScrapingEndpoint("/metrics");
    app.MapOpenApi();
    // Nothing of the page comes from, or goes to, another machine.
    app.MapScalarApiReference(page => page.WithTitle("Reward gateway").DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideDeveloperTools().HideClientButton());
    app.MapProxy();
    app.MapWire();
    app.MapPrinciples();
    app.MapCache();
    app.MapWatch();
    app.Services.GetRequiredService<RouteGuard>().Protect(app);
    app.MapUpstreams();

    // Principles are read, and models loaded, checked and warm, before the port opens: nothing is discovered by the first user.
    var faults = new StartupFaults();
    faults.Try(app.Services.GetRequiredService<PrincipleCatalog>().Load);
    await faults.TryAsync(() => app.Services.GetRequiredService<ModelRegistry>().LoadAsync(app.Lifetime.ApplicationStopping));
    faults.Try(app.Services.GetRequiredService<ProxyTargets>().Check);
    faults.Try(app.Services.GetRequiredService<NemoGymProtocol>().Check);
    faults.ThrowIfAny();
    app.Services.GetRequiredService<HardeningPolicies>().Warm();
    StartupGarbage.GiveBack();
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (StartupReport.Explains(e))
{
    return StartupReport.Print(e, Console.Error);
}
