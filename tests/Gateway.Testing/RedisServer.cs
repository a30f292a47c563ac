using System.Diagnostics;
using System.Globalization;

namespace Gateway.Testing;

/// <summary>A real <c>redis-server</c> on a port and in a folder of its own, which ends with the test or with its process at the latest.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Program = "redis-server";
    private const int Attempts = 20;

    // The shell keeps the other end of a pipe to this process: whatever ends this process ends the server too.
    private const string Guarded = "\"$@\" </dev/null 2>&1 & server=$!; echo pid $server; exec >/dev/null 2>&1; read -r _; kill -9 $server; wait";

    private readonly string[] _settings;
    private readonly bool _isSentinel;
    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-redis-").FullName;
    private readonly string? _password;
    private Process? _shell;
    private Task _reading = Task.CompletedTask;
    private int _pid;

    private RedisServer(string[] settings, bool isSentinel)
    {
        _settings = settings;
        _isSentinel = isSentinel;
        var password = Array.IndexOf(settings, "--requirepass");
        _password = password < 0 ? null : settings[password + 1];
    }

    /// <summary>Whether this machine has a redis-server.</summary>
    public static bool IsInstalled { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, Program)));

    /// <summary>The port, the same after every restart.</summary>
    public int Port { get; private set; }

    /// <summary>The port on which the nodes of a cluster speak with each other.</summary>
    public int BusPort { get; private set; }

    /// <summary>Host and port as clients write them.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts a server that keeps nothing on disk unless its settings, such as <c>--appendonly yes</c>, say so; ready when returned.</summary>
    public static Task<RedisServer> StartAsync(params string[] settings) => StartAsync(new RedisServer(settings, isSentinel: false));

    /// <summary>Starts a Sentinel that watches nothing yet.</summary>
    public static Task<RedisServer> StartSentinelAsync() => StartAsync(new RedisServer([], isSentinel: true));

    /// <summary>Starts the server again on its port, with what it kept on disk; ends it first where it runs.</summary>
    /// <exception cref="IOException">It ended at once; the message has its last words.</exception>
    public async Task RestartAsync()
    {
        await KillAsync();
        var start = new ProcessStartInfo("/bin/sh", ["-c", Guarded, "redis", .. CommandLine()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _shell = Process.Start(start) ?? throw new InvalidOperationException("/bin/sh did not start.");
        var last = "";
        while (await _shell.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("pid ", StringComparison.Ordinal))
            {
                _pid = int.Parse(line.AsSpan(4), CultureInfo.InvariantCulture);
            }
            else if (line.Contains("Ready to accept connections", StringComparison.Ordinal) || line.Contains("Sentinel ID is", StringComparison.Ordinal))
            {
                // Nobody may stop reading, or the server blocks on a full pipe.
                _reading = _shell.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return;
            }

            last += "\n" + line;
        }

        await KillAsync();
        throw new IOException($"{Program} ended before it was ready:{last}");
    }

    /// <summary>Kills the server as the kernel would; its port refuses from then on.</summary>
    public async Task KillAsync()
    {
        if (_shell is null)
        {
            return;
        }

        using (_shell)
        {
            _shell.StandardInput.Close();
            await _shell.WaitForExitAsync(CancellationToken.None);
            await _reading;
            _shell = null;
        }
    }

    /// <summary>Stops the process where it stands: its connections stay open and nothing answers.</summary>
    public Task SuspendAsync() => SignalAsync("-STOP");

    /// <summary>Lets a suspended process go on.</summary>
    public Task ResumeAsync() => SignalAsync("-CONT");

    /// <summary>Runs one command on a connection of its own and gives the reply as it came, type and all.</summary>
    /// <exception cref="InvalidOperationException">The server answered with an error.</exception>
    public async Task<string> CommandAsync(params string[] words)
    {
        using var client = await RespClient.ConnectAsync(Port, _password, TestContext.Current.CancellationToken);
        return await client.CommandAsync(words, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static async Task<RedisServer> StartAsync(RedisServer server)
    {
        for (var attempt = 1; ; attempt++)
        {
            (server.Port, server.BusPort) = (FreePort.Find(), FreePort.Find());
            try
            {
                await server.RestartAsync();
                return server;
            }
            catch (IOException) when (attempt < Attempts)
            {
                // The port was taken in between.
            }
            catch
            {
                await server.DisposeAsync();
                throw;
            }
        }
    }

    private string[] CommandLine()
    {
        string[] common = ["--port", Number(Port), "--bind", "127.0.0.1", "--dir", _folder];
        if (_isSentinel)
        {
            // A Sentinel writes what it finds out into its settings.
            var file = Path.Combine(_folder, "sentinel.conf");
            File.AppendAllText(file, "");
            return [Program, file, "--sentinel", .. common];
        }

        string[] bus = _settings.Contains("--cluster-enabled") ? ["--cluster-port", Number(BusPort)] : [];
        return [Program, .. common, "--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0", "--repl-timeout", "5", .. bus, .. _settings];
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill {signal} {_pid}")]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
