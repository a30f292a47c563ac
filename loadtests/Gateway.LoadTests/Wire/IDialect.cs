using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests.Wire;

/// <summary>How a scoring request is written and its answer read, in one server's way.</summary>
internal interface IDialect
{
    /// <summary>The route.</summary>
    string Path { get; }

    /// <summary>A request's body.</summary>
    byte[] Write(IReadOnlyList<WorkItem> items);

    /// <summary>The scores of an answer in the request's order; an item without a fresh score throws <see cref="FormatException"/>.</summary>
    double[] Read(ReadOnlySpan<byte> body);
}
