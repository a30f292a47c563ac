using Gateway.Server.Tests;

[assembly: AssemblyFixture(typeof(EmbeddedGateway))]

namespace Gateway.Server.Tests;

/// <summary>One gateway with models/rm-mini for all tests that only ask it, started by the first of them.</summary>
public sealed class EmbeddedGateway : IAsyncDisposable
{
    private readonly Lazy<TestGateway> _gateway = new(() => TestGateway.WithEmbeddedModel());

    internal TestGateway Gateway => _gateway.Value;

    public ValueTask DisposeAsync() => _gateway.IsValueCreated ? _gateway.Value.DisposeAsync() : ValueTask.CompletedTask;
}
