using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>Tells YARP's health, the metrics and the log what happens on destinations.</summary>
internal sealed partial class UpstreamEvents(IDestinationHealthUpdater health, UpstreamMetrics metrics, ILogger<UpstreamPool> log)
{
    /// <summary>A cluster's destinations must be asked again which model they serve.</summary>
    public event Action<UpstreamCluster>? Doubted;

    /// <summary>A place on a destination was given back.</summary>
    public void Ended(UpstreamDestination destination, AttemptOutcome outcome, TimeSpan took) => metrics.Ended(destination, outcome, took);

    /// <summary>A call is tried again.</summary>
    public void Retried(UpstreamDestination after, FailureKind kind) => metrics.Retried(after, kind);

    /// <summary>A breaker opened.</summary>
    public void Opened(UpstreamCluster cluster, UpstreamDestination destination, AttemptOutcome last, TimeSpan openFor)
    {
        LogOpened(destination.Name, cluster.Name, last, openFor.TotalMilliseconds);
        health.SetPassive(cluster.State, destination.State, DestinationHealth.Unhealthy, openFor);
    }

    /// <summary>A breaker closed.</summary>
    public void Closed(UpstreamCluster cluster, UpstreamDestination destination)
    {
        LogClosed(destination.Name, cluster.Name);
        health.SetPassive(cluster.State, destination.State, DestinationHealth.Healthy, TimeSpan.Zero);
    }

    /// <summary>A destination said which model it serves, or could not be asked; called where that is news.</summary>
    public void ModelAsked(UpstreamDestination destination)
    {
        if (destination.Model.Fault is { } fault)
        {
            LogWrongModel(destination.Name, destination.Cluster, fault, destination.Model.Wanted);
        }
        else
        {
            LogRightModel(destination.Name, destination.Cluster, destination.Model.Wanted);
        }
    }

    /// <summary>A destination broke off and may come back as another.</summary>
    public void Doubt(UpstreamCluster cluster) => Doubted?.Invoke(cluster);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Destination {Destination} of cluster {Cluster} keeps failing, the last time {Outcome}, and is out for {Milliseconds:0} ms")]
    private partial void LogOpened(string destination, string cluster, AttemptOutcome outcome, double milliseconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Destination {Destination} of cluster {Cluster} answers again")]
    private partial void LogClosed(string destination, string cluster);

    [LoggerMessage(Level = LogLevel.Error, Message = "Destination {Destination} of cluster {Cluster} is not used: it {Fault} instead of '{Wanted}'")]
    private partial void LogWrongModel(string destination, string cluster, string fault, string? wanted);

    [LoggerMessage(Level = LogLevel.Information, Message = "Destination {Destination} of cluster {Cluster} serves '{Wanted}'")]
    private partial void LogRightModel(string destination, string cluster, string? wanted);
}
