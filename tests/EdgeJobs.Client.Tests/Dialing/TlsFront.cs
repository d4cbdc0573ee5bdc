using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests.Dialing;

/// <summary>A TLS server like AWS IoT on port 443: selects MQTT by ALPN, and forwards the decrypted bytes to a broker.</summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly int _target;
    private readonly TestListener _listener;

    /// <summary>Starts the server.</summary>
    /// <param name="certificate">The server's certificate.</param>
    /// <param name="target">A port on 127.0.0.1 that speaks MQTT without TLS.</param>
    public TlsFront(CertificateFiles certificate, int target)
    {
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificate.Certificate, certificate.Key);
        _certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
        _target = target;
        _listener = new TestListener(PassAsync);
    }

    public int Port => _listener.Port;

    /// <summary>The ALPN protocol of each connection; empty if the client offered none.</summary>
    public ConcurrentQueue<string> Protocols { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task PassAsync(NetworkStream near, CancellationToken stop)
    {
        await using SslStream tls = new(near);
        SslServerAuthenticationOptions options = new()
        {
            ServerCertificate = _certificate,
            ApplicationProtocols = [new SslApplicationProtocol("x-amzn-mqtt-ca")],
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, client, _, _) => client is not null,
        };
        await tls.AuthenticateAsServerAsync(options, stop);
        Protocols.Enqueue(tls.NegotiatedApplicationProtocol.ToString());
        await using NetworkStream far = await TestListener.ConnectAsync(_target, stop);
        await Task.WhenAny(tls.CopyToAsync(far, stop), far.CopyToAsync(tls, stop));
    }
}
