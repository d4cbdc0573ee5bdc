using System.Net.Sockets;
using System.Text;

namespace EdgeJobs.Testing;

/// <summary>Receives what a service sends to NOTIFY_SOCKET, as systemd does.</summary>
public sealed class ServiceManager : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    /// <param name="path">The path of the socket, or an abstract name after <c>@</c>.</param>
    public ServiceManager(string path)
    {
        Address = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path.StartsWith('@') ? "\0" + path[1..] : path));
    }

    /// <summary>The value of NOTIFY_SOCKET.</summary>
    public string Address { get; }

    /// <summary>The next message.</summary>
    /// <exception cref="TimeoutException">None comes.</exception>
    public async Task<string> ReceiveAsync() => await ReceiveAsync(Wait.Deadline)
        ?? throw new TimeoutException("the service sends nothing");

    /// <summary>Skips messages until one that contains a text.</summary>
    /// <exception cref="TimeoutException">None comes.</exception>
    public async Task<string> ReceiveAsync(string text)
    {
        using CancellationTokenSource deadline = new(Wait.Deadline);
        List<string> others = [];
        while (!deadline.IsCancellationRequested && await ReceiveAsync(Wait.Deadline) is { } message)
        {
            if (message.Contains(text, StringComparison.Ordinal))
            {
                return message;
            }

            others.Add(message);
        }

        throw new TimeoutException($"no message contains '{text}'; there were: {string.Join(" | ", others)}");
    }

    /// <summary>Skips messages until none comes for a time.</summary>
    /// <exception cref="TimeoutException">They do not end.</exception>
    public async Task WaitForSilenceAsync(TimeSpan time)
    {
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while (await ReceiveAsync(time) is { } message)
        {
            if (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"the service still sends messages: {message}");
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<string?> ReceiveAsync(TimeSpan patience)
    {
        using CancellationTokenSource deadline = new(patience);
        byte[] buffer = new byte[4096];
        try
        {
            int count = await _socket.ReceiveAsync(buffer, deadline.Token);
            return Encoding.UTF8.GetString(buffer, 0, count);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
