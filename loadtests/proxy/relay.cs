#:sdk Microsoft.NET.Sdk.Web
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
#:property ServerGarbageCollection=false

// .NET's HTTP server and client back to back, without routes, headers, limits or hand-overs between threads: what no gateway on them can go below.
//   relay --Urls http://127.0.0.1:PORT --Engine http://127.0.0.1:PORT
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.Configuration.AddCommandLine(args);
builder.WebHost.UseKestrelCore().UseUrls(builder.Configuration["Urls"]!);
builder.WebHost.UseSockets(sockets => (sockets.Backlog, sockets.UnsafePreferInlineScheduling) = (8192, true));
var engine = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null });
var app = builder.Build();
app.Run(async http =>
{
    var body = new byte[http.Request.ContentLength ?? 0];
    await http.Request.Body.ReadExactlyAsync(body);
    using var request = new HttpRequestMessage(HttpMethod.Post, builder.Configuration["Engine"]! + http.Request.Path) { Content = new ByteArrayContent(body) };
    using var reply = await engine.SendAsync(request, http.RequestAborted);
    http.Response.ContentLength = reply.Content.Headers.ContentLength;
    await reply.Content.CopyToAsync(http.Response.Body);
});
app.Run();
