using System.Diagnostics;
using System.Text.Json;
using Gateway.LoadTests.Processes;

namespace Gateway.LoadTests.Judging;

/// <summary>An engine that answers every call after a fixed delay with the same completion: <c>loadtests/proxy/upstream.c</c>.</summary>
internal sealed class JudgeEngine : IAsyncDisposable
{
    private readonly ServerProcess _process;
    private readonly HttpClient _client;

    private JudgeEngine(ServerProcess process)
    {
        _process = process;
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = process.Root };
    }

    /// <summary>Where it listens.</summary>
    public Uri Root => _process.Root;

    /// <summary>Compiles the program into a folder.</summary>
    public static async Task<string> CompileAsync(JudgingFiguresOptions options, string folder, CancellationToken cancellation)
    {
        var program = Path.Combine(folder, "upstream");
        using var compiler = Process.Start(options.Compiler, ["-O2", "-o", program, Path.Combine(options.Root, "loadtests/proxy/upstream.c")]);
        await compiler.WaitForExitAsync(cancellation);
        return compiler.ExitCode == 0 ? program : throw new UsageException($"{options.Compiler} did not compile loadtests/proxy/upstream.c.");
    }

    /// <summary>Starts one.</summary>
    /// <param name="program">The compiled program.</param>
    /// <param name="name">Its name, also of the file that holds what it answers.</param>
    /// <param name="delay">After how long it answers.</param>
    /// <param name="completion">What it answers.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="never">Every how manieth call it never answers; null: it answers all.</param>
    public static async Task<JudgeEngine> StartAsync(string program, string name, TimeSpan delay, byte[] completion, CancellationToken cancellation, int? never = null)
    {
        var file = Path.Combine(Path.GetDirectoryName(program)!, $"{name}.json");
        await File.WriteAllBytesAsync(file, completion, cancellation);
        string[] hangs = never is { } every ? [$"{every}"] : [];
        return new JudgeEngine(await ServerProcess.StartAsync(
            $"engine-{name}", root => [program, $"{root.Port}", $"{(long)delay.TotalMicroseconds}", file, .. hangs], "/", cancellation));
    }

    /// <summary>The most calls that were open at a time since it was last asked, those that it never answers not counted, and how many came.</summary>
    public async Task<(int Peak, int Calls)> SeenAsync(CancellationToken cancellation)
    {
        using var seen = JsonDocument.Parse(await _client.GetByteArrayAsync("/", cancellation));
        return (seen.RootElement.GetProperty("peak").GetInt32(), seen.RootElement.GetProperty("calls").GetInt32());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }
}
