#:sdk Microsoft.NET.Sdk.Web
#:package Yarp.ReverseProxy
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
#:property ServerGarbageCollection=false

// YARP as its documentation has it and nothing else: what the gateway's own stack costs before the gateway does anything.
//   yarp --Urls http://127.0.0.1:PORT --Engine http://127.0.0.1:PORT
using Yarp.ReverseProxy.Configuration;

var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseSockets(sockets => sockets.Backlog = 8192);
builder.Services.AddReverseProxy().LoadFromMemory(
    [new RouteConfig { RouteId = "all", ClusterId = "engine", Match = new RouteMatch { Path = "/{**path}" } }],
    [new ClusterConfig { ClusterId = "engine", Destinations = new Dictionary<string, DestinationConfig> { ["a"] = new() { Address = builder.Configuration["Engine"]! } } }]);
var app = builder.Build();
app.MapReverseProxy();
app.Run();
