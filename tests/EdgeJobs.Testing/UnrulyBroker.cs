using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Testing;

/// <summary>
/// An MQTT server and Jobs service, both as small as can be, that do what they should until they are told otherwise: for what
/// no real server can be brought to do. Speaks both versions of MQTT, plain or over TLS.
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

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts one.</summary>
    /// <param name="misbehave">Is shown each packet before it is answered as it should be; true when the answer has been given.</param>
    /// <param name="server">The server's certificate; plain TCP when null.</param>
    public static UnrulyBroker Start(Func<UnrulyLine, MqttFrame, ValueTask<bool>> misbehave, CertificateFiles? server = null) => new(server, misbehave);

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
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
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
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone, or the test is over.
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
