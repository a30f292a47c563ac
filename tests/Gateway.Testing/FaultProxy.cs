using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gateway.Testing;

/// <summary>A TCP proxy before one server, whose faults a test switches while connections are open.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<FaultConnection, Task> _open = [];
    private readonly bool _resp;
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private CancellationTokenSource _ending = new();
    private Stage _stage;
    private int _accepted;
    private long _swallowed;

    private FaultProxy(Socket listener, IPEndPoint server, bool resp)
    {
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        Server = server;
        _resp = resp;
        _stage = new Stage(Fault.None, _ending.Token);
        Listen(listener);
    }

    /// <summary>The port that clients connect to; the same while the proxy lives.</summary>
    public int Port { get; }

    /// <summary>Host and port as clients write them.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>The server behind the proxy; connections that come later go where it points then.</summary>
    public IPEndPoint Server { get; set; }

    /// <summary>How many connections were accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>How many bytes vanished in <see cref="Fault.Blackhole"/> so far.</summary>
    public long Swallowed => Interlocked.Read(ref _swallowed);

    /// <summary>How many connections are open.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>
    /// The fault in force. Once set, whatever is read or released from then on is treated by it; bytes that were already being sent are not called back.
    /// </summary>
    public Fault Fault
    {
        get => _stage.Fault;
        set => Enter(value);
    }

    internal Stage Current => _stage;

    /// <summary>A proxy before a server of any protocol on a loopback port.</summary>
    public static FaultProxy For(int port) => Start(port, resp: false);

    /// <summary>A proxy before a Redis, which tells its replies apart: faults hit whole replies, and replies can be swapped.</summary>
    public static FaultProxy ForRedis(int port) => Start(port, resp: true);

    /// <summary>Resets every open connection.</summary>
    public void ResetAll()
    {
        lock (_gate)
        {
            foreach (var connection in _open.Keys)
            {
                connection.Reset();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Fault = Fault.Refuse;
        await _accepting;
        Task[] rest;
        lock (_gate)
        {
            rest = [.. _open.Values];
        }

        await Task.WhenAll(rest);
    }

    internal void Swallow(int bytes) => Interlocked.Add(ref _swallowed, bytes);

    private static FaultProxy Start(int port, bool resp) =>
        new(FreePort.Try(FreePort.Listen), new IPEndPoint(IPAddress.Loopback, port), resp);

    private void Enter(Fault fault)
    {
        CancellationTokenSource ended;
        lock (_gate)
        {
            ended = _ending;
            _ending = new CancellationTokenSource();
            Volatile.Write(ref _stage, new Stage(fault, _ending.Token));
            var listens = fault is not Fault.Break { Listens: false };
            if (!listens)
            {
                _listener?.Dispose();
                _listener = null;
            }

            foreach (var connection in _open.Keys)
            {
                connection.Reset(onlyWhereTorn: fault is not Fault.Break);
            }

            if (listens && _listener is null)
            {
                Listen(FreePort.Listen(Port));
            }
        }

        // Outside the lock: who waits for the end of the fault goes on from here.
        ended.Cancel();
    }

    private void Listen(Socket listener)
    {
        _listener = listener;
        _accepting = Task.WhenAll(_accepting, AcceptAsync(listener));
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _accepted);
            lock (_gate)
            {
                var connection = new FaultConnection(client, this, _resp);
                if (_stage.Fault is Fault.Break)
                {
                    connection.Reset();
                }
                else
                {
                    _open[connection] = ServeAsync(connection);
                }
            }
        }
    }

    private async Task ServeAsync(FaultConnection connection)
    {
        // First out of the lock that the caller holds.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await connection.RunAsync(Server);
        lock (_gate)
        {
            _open.Remove(connection);
        }
    }

    /// <summary>A fault and the token that is cancelled when another takes its place.</summary>
    internal sealed record Stage(Fault Fault, CancellationToken Ended);
}
