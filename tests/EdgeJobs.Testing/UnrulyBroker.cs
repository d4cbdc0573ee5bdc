using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Testing;

/// <summary>
/// A minimal MQTT server and Jobs service that behave correctly except where a test overrides them: for faults that real
/// servers do not have. Supports both versions of MQTT, plain or over TLS.
/// </summary>
public sealed class UnrulyBroker : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private readonly Func<UnrulyLine, MqttFrame, ValueTask<bool>> _misbehave;
    private readonly List<Task> _lines = [];
    private readonly Lock _gate = new();
    private readonly Task _accepting;
    private int _count;

    private UnrulyBroker(CertificateFiles? server, Func<UnrulyLine, MqttFrame, ValueTask<bool>> misbehave)
    {
        _misbehave = misbehave;
        if (server is not null)
        {
            using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(server.Certificate, server.Key);
            _certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }

        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <param name="misbehave">Called with each packet; returns true when it has handled the packet.</param>
    /// <param name="server">The server certificate; null for plain TCP.</param>
    public static UnrulyBroker Start(Func<UnrulyLine, MqttFrame, ValueTask<bool>> misbehave, CertificateFiles? server = null) =>
        new(server, misbehave);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_lines);
        _certificate?.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
                lock (_gate)
                {
                    _lines.Add(Task.Run(() => ServeAsync(socket, Interlocked.Increment(ref _count))));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(Socket socket, int number)
    {
        socket.NoDelay = true;
        try
        {
            await using Stream stream = await OpenAsync(socket);
            UnrulyLine line = new(number, stream, _stop.Token);
            while (await MqttFrame.ReadAsync(stream, _stop.Token) is { } frame)
            {
                line.Note(frame);
                if (!await _misbehave(line, frame))
                {
                    await line.AnswerAsync(frame);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException
            or AuthenticationException)
        {
            // The client has disconnected, or the test has ended.
        }
    }

    private async Task<Stream> OpenAsync(Socket socket)
    {
        NetworkStream plain = new(socket, ownsSocket: true);
        if (_certificate is null)
        {
            return plain;
        }

        SslStream tls = new(plain, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        return tls;
    }
}
