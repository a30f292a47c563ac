using System.ComponentModel.DataAnnotations;
using Gateway.Server.Proxy;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Server.Upstream;

/// <summary>One cluster: YARP's own settings and the gateway's beside them; the section <c>Gateway:Clusters:&lt;name&gt;</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>The section that holds the clusters.</summary>
    public const string Section = "Gateway:Clusters";

    /// <summary>The server that the destinations run; sets the health probe's path.</summary>
    [EnumDataType(typeof(Engine))]
    public Engine Engine { get; set; } = Engine.None;

    /// <summary>The model that every destination must serve; one that serves another is reported and not used. Null: not checked.</summary>
    public string? Model { get; set; }

    /// <summary>Every call costs money: retried only where nothing was sent, or on 429 and 503.</summary>
    public bool Billed { get; set; }

    /// <summary>Calls in flight on one destination.</summary>
    [Range(1, 1_000_000)]
    public int Concurrency { get; set; } = 1_024;

    /// <summary>Calls that wait for a destination; more are refused at once.</summary>
    [Range(0, 1_000_000)]
    public int WaitingCalls { get; set; } = 8_192;

    /// <summary>Milliseconds that a call waits while every destination is at its limit.</summary>
    [Range(0, 3_600_000)]
    public int WaitMs { get; set; } = 30_000;

    /// <summary>Milliseconds that a call waits while no destination is healthy.</summary>
    [Range(0, 3_600_000)]
    public int UnhealthyWaitMs { get; set; } = 5_000;

    /// <summary>Milliseconds of one call, with all its attempts and waits.</summary>
    [Range(1, 86_400_000)]
    public int TimeoutMs { get; set; } = 300_000;

    /// <summary>Milliseconds of one attempt until another destination is tried; 0: the whole call's.</summary>
    [Range(0, 86_400_000)]
    public int AttemptTimeoutMs { get; set; }

    /// <summary>Milliseconds in which a connection must be made.</summary>
    [Range(1, 600_000)]
    public int ConnectTimeoutMs { get; set; } = 5_000;

    /// <summary>Milliseconds without any sign of a destination's machine, of its network even, after which connections to it are given up; from 2,000, or 0: never.</summary>
    [Range(0, 3_600_000)]
    public int DeadAfterMs { get; set; } = 30_000;

    /// <summary>How often a call that was sent is tried again.</summary>
    [Range(0, 100)]
    public int Retries { get; set; } = 2;

    /// <summary>Retries in percent of the calls of the last ten seconds.</summary>
    [Range(0, 100)]
    public int RetryPercent { get; set; } = 20;

    /// <summary>Retries in ten seconds that are allowed however few calls there are.</summary>
    [Range(0, 1_000_000)]
    public int RetryFloor { get; set; } = 20;

    /// <summary>Whether calls with the same beginning of the prompt go to the same destination.</summary>
    public bool Affinity { get; set; } = true;

    /// <summary>The most calls in flight on a destination for affinity's sake, in percent of the mean.</summary>
    [Range(100, 10_000)]
    public int AffinityPercent { get; set; } = 125;

    /// <summary>Failures in a row that take a destination out.</summary>
    [Range(1, 1_000_000)]
    public int BreakerFailures { get; set; } = 5;

    /// <summary>Failures in percent of a destination's calls of the last ten seconds, at least twenty, that take it out; 424 and statuses such as 500 count here only.</summary>
    [Range(1, 100)]
    public int BreakerPercent { get; set; } = 50;

    /// <summary>Milliseconds until one call may try a destination that was taken out; doubles up to eight times as long while it keeps failing.</summary>
    [Range(1, 3_600_000)]
    public int BreakerOpenMs { get; set; } = 5_000;

    /// <summary>The value of the <c>Authorization</c> header that destinations get. The client's own is never sent on.</summary>
    public string? Authorization { get; set; }

    /// <summary>A request header that tells a destination how many milliseconds are left: of <see cref="TimeoutMs"/>, or until nobody waits for the result any more.</summary>
    public string? DeadlineHeader { get; set; }

    /// <summary>The most bytes of one reply.</summary>
    [Range(1_024, 1_073_741_824)]
    public int ReplyBytes { get; set; } = 67_108_864;

    /// <summary>Where the engines are, by a name of the operator's choice.</summary>
    public Dictionary<string, DestinationOptions> Destinations { get; set; } = [];

    /// <summary>What passes through to it and how.</summary>
    [ValidateObjectMembers]
    public PassThroughOptions PassThrough { get; set; } = new();

    /// <summary>YARP's; active probes fit the engine by themselves.</summary>
    public HealthCheckConfig? HealthCheck { get; set; }

    /// <summary>YARP's: TLS, connections, encodings.</summary>
    public HttpClientOptions? HttpClient { get; set; }

    /// <summary>YARP's: the HTTP version.</summary>
    public ForwarderRequestConfig? HttpRequest { get; set; }

    /// <summary>YARP's: free words for extensions.</summary>
    public Dictionary<string, string> Metadata { get; set; } = [];
}

/// <summary>One destination; the section <c>Gateway:Clusters:&lt;name&gt;:Destinations:&lt;name&gt;</c>.</summary>
public sealed class DestinationOptions
{
    /// <summary>Scheme, host, port and a path that every call's path is appended to.</summary>
    public string? Address { get; set; }

    /// <summary>Another address for probes; empty: the same.</summary>
    public string? Health { get; set; }

    /// <summary>The <c>Host</c> header; empty: the address's.</summary>
    public string? Host { get; set; }

    /// <summary>Its share of the calls beside the others'.</summary>
    [Range(1, 1_000)]
    public int Weight { get; set; } = 1;

    /// <summary>Used only while no destination of a lower number is healthy.</summary>
    [Range(0, 1_000)]
    public int Priority { get; set; }

    /// <summary>YARP's: free words for extensions.</summary>
    public Dictionary<string, string> Metadata { get; set; } = [];
}

/// <summary>YARP's settings of a cluster's connections, in the form in which its configuration has them.</summary>
public sealed class HttpClientOptions
{
    /// <summary>TLS versions.</summary>
    public string[] SslProtocols { get; set; } = [];

    /// <summary>Takes any certificate.</summary>
    public bool? DangerousAcceptAnyServerCertificate { get; set; }

    /// <summary>The most connections to one destination.</summary>
    public int? MaxConnectionsPerServer { get; set; }

    /// <summary>Further HTTP/2 connections when the streams of one are used up.</summary>
    public bool? EnableMultipleHttp2Connections { get; set; }

    /// <summary>The encoding of request headers.</summary>
    public string? RequestHeaderEncoding { get; set; }

    /// <summary>The encoding of response headers.</summary>
    public string? ResponseHeaderEncoding { get; set; }

    /// <summary>A web proxy in between.</summary>
    public WebProxyConfig? WebProxy { get; set; }
}
