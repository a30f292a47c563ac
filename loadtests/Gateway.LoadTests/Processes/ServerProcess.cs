using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Gateway.LoadTests.Processes;

/// <summary>A server started as a child on a free loopback port, its output kept in a file, killed on disposal.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly string _logPath;

    private ServerProcess(Process process, Uri root, StreamWriter log, string logPath)
    {
        _process = process;
        Root = root;
        _log = log;
        _logPath = logPath;
    }

    /// <summary>Where it listens.</summary>
    public Uri Root { get; }

    /// <summary>User and system time it has used so far, ended threads included (on Linux from /proc, in hundredths of a second).</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The physical memory it holds now, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts a program and waits until it answers 200.</summary>
    /// <param name="name">What to call it in messages and in its log's name.</param>
    /// <param name="command">Makes the program and its arguments from the address it is to serve.</param>
    /// <param name="ready">The path that answers 200 once it can work.</param>
    /// <param name="cancellation">Ends the wait and the program.</param>
    public static Task<ServerProcess> StartAsync(
        string name, Func<Uri, IReadOnlyList<string>> command, string ready, CancellationToken cancellation) =>
        StartAsync(name, command, (root, token) => AnswersAsync(new Uri(root, ready), token), cancellation);

    /// <summary>Starts a program and waits until it is ready.</summary>
    /// <param name="name">What to call it in messages and in its log's name.</param>
    /// <param name="command">Makes the program and its arguments from the address it is to serve.</param>
    /// <param name="isReady">Whether it can work; asked again and again.</param>
    /// <param name="cancellation">Ends the wait and the program.</param>
    public static async Task<ServerProcess> StartAsync(
        string name, Func<Uri, IReadOnlyList<string>> command, Func<Uri, CancellationToken, Task<bool>> isReady, CancellationToken cancellation)
    {
        var root = new Uri($"http://127.0.0.1:{FreePort()}");
        var words = command(root);
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var logPath = Path.Combine(Path.GetTempPath(), $"gateway-loadtests-{Environment.ProcessId}-{name}.log");
        var log = new StreamWriter(logPath) { AutoFlush = true };
        var process = Process.Start(start) ?? throw new UsageException($"{words[0]} did not start.");
        var server = new ServerProcess(process, root, log, logPath);
        server.Follow();
        try
        {
            await server.WaitAsync(isReady, cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        lock (_log)
        {
            _log.Dispose();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Follow()
    {
        _process.OutputDataReceived += (_, line) => Log(line.Data);
        _process.ErrorDataReceived += (_, line) => Log(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Log(string? line)
    {
        lock (_log)
        {
            if (line is not null && _log.BaseStream is { CanWrite: true })
                _log.WriteLine(line);
        }
    }

    private async Task WaitAsync(Func<Uri, CancellationToken, Task<bool>> isReady, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            if (_process.HasExited)
                throw new UsageException($"The server ended with code {_process.ExitCode} before it was ready; see {_logPath}.");

            if (await isReady(Root, cancellation))
                return;

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellation);
        }

        throw new UsageException($"The server was not ready after two minutes; see {_logPath}.");
    }

    private static async Task<bool> AnswersAsync(Uri ready, CancellationToken cancellation)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
        try
        {
            using var answer = await client.GetAsync(ready, cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
