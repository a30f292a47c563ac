using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Gateway.Testing;

/// <summary>The gateway as its own process, as an operator starts it.</summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly StringBuilder _printed = new();
    private readonly Task _reading;
    private readonly Task<string> _errors;

    private GatewayProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync();
        _errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <summary>The most memory it ever held, in bytes.</summary>
    public long MostMemory
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>Starts the server with these arguments; settings of the test's environment do not reach it.</summary>
    public static GatewayProcess Start(params string[] arguments) => StartIn([], arguments);

    /// <summary>The same with more in its environment.</summary>
    public static GatewayProcess StartIn((string Name, string Value)[] environment, params string[] arguments) =>
        new(ChildProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "Gateway.Server.dll"), .. arguments], [("ASPNETCORE_URLS", ""), .. environment]));

    /// <summary>Runs a server that is expected not to start, to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await using var gateway = Start(arguments);
        return await gateway.ExitAsync();
    }

    /// <summary>Waits until it listens and returns the address.</summary>
    public async Task<Uri> AddressAsync() => new((await LineAsync(Listening)).Split(Listening)[1].Trim());

    /// <summary>Waits for a line that holds this text.</summary>
    public async Task<string> LineAsync(string text)
    {
        while (await _lines.Reader.WaitToReadAsync(TestContext.Current.CancellationToken))
        {
            while (_lines.Reader.TryRead(out var line))
            {
                if (line.Contains(text, StringComparison.Ordinal))
                {
                    return line;
                }
            }
        }

        throw new InvalidOperationException($"The gateway ended without saying '{text}':\n{_printed}{await _errors}");
    }

    /// <summary>Asks it to stop, as a service manager does.</summary>
    public async Task TerminateAsync() =>
        Assert.Equal(0, (await ChildProcess.RunAsync("/bin/sh", ["-c", $"kill -TERM {_process.Id}"])).ExitCode);

    /// <summary>Waits for its end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await _reading;
        return (_process.ExitCode, _printed.ToString(), await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            _printed.AppendLine(line);
            await _lines.Writer.WriteAsync(line, CancellationToken.None);
        }

        _lines.Writer.Complete();
    }
}
