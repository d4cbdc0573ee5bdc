using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests.Dialing;

/// <summary>A TLS server like AWS IoT on port 443: selects MQTT by ALPN, and forwards the decrypted bytes to a broker.</summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 _certificate;
    private readonly int _target;
    private readonly Task _accepting;

    /// <summary>Starts the server.</summary>
    /// <param name="certificate">The server's certificate.</param>
    /// <param name="target">A port on 127.0.0.1 that speaks MQTT without TLS.</param>
    public TlsFront(CertificateFiles certificate, int target)
    {
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificate.Certificate, certificate.Key);
        _certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The ALPN protocol of each connection; empty if the client offered none.</summary>
    public ConcurrentQueue<string> Protocols { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = PassAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The test has ended.
        }
    }

    private async Task PassAsync(TcpClient near)
    {
        using (near)
        using (TcpClient far = new())
        {
            try
            {
                await using SslStream tls = new(near.GetStream());
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                {
                    ServerCertificate = _certificate,
                    ApplicationProtocols = [new SslApplicationProtocol("x-amzn-mqtt-ca")],
                    ClientCertificateRequired = true,
                    RemoteCertificateValidationCallback = (_, client, _, _) => client is not null,
                });
                Protocols.Enqueue(tls.NegotiatedApplicationProtocol.ToString());
                await far.ConnectAsync(IPAddress.Loopback, _target);
                await Task.WhenAny(tls.CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(tls));
            }
            catch (Exception e) when (e is IOException or SocketException or AuthenticationException or ObjectDisposedException
                or InvalidOperationException)
            {
                // One side has closed, or does not trust the other.
            }
        }
    }
}
