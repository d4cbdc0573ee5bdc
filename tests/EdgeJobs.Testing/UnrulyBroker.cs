using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Testing;

/// <summary>
/// A minimal MQTT server and Jobs service that behave correctly except where a test overrides them: for faults that real
/// servers do not have. Supports both versions of MQTT, plain or over TLS.
/// </summary>
public sealed class UnrulyBroker : IAsyncDisposable
{
    private readonly X509Certificate2? _certificate;
    private readonly Func<UnrulyLine, MqttFrame, ValueTask<bool>> _misbehave;
    private readonly TestListener _listener;
    private int _count;

    private UnrulyBroker(CertificateFiles? server, Func<UnrulyLine, MqttFrame, ValueTask<bool>> misbehave)
    {
        _misbehave = misbehave;
        if (server is not null)
        {
            using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(server.Certificate, server.Key);
            _certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }

        _listener = new TestListener(ServeAsync);
    }

    public int Port => _listener.Port;

    /// <param name="misbehave">Called with each packet; returns true when it has handled the packet.</param>
    /// <param name="server">The server certificate; null for plain TCP.</param>
    public static UnrulyBroker Start(Func<UnrulyLine, MqttFrame, ValueTask<bool>> misbehave, CertificateFiles? server = null) =>
        new(server, misbehave);

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _certificate?.Dispose();
    }

    private async Task ServeAsync(NetworkStream plain, CancellationToken stop)
    {
        int number = ++_count;
        await Task.Yield();
        plain.Socket.NoDelay = true;
        await using Stream stream = await OpenAsync(plain, stop);
        UnrulyLine line = new(number, stream, stop);
        while (await MqttFrame.ReadAsync(stream, stop) is { } frame)
        {
            line.Note(frame);
            if (!await _misbehave(line, frame))
            {
                await line.AnswerAsync(frame);
            }
        }
    }

    private async Task<Stream> OpenAsync(NetworkStream plain, CancellationToken stop)
    {
        if (_certificate is null)
        {
            return plain;
        }

        SslStream tls = new(plain, leaveInnerStreamOpen: false);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, stop);
        return tls;
    }
}
