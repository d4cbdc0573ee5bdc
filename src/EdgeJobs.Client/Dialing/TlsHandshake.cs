using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Client.Credentials;

namespace EdgeJobs.Client.Dialing;

/// <summary>The mutual TLS handshake with the server.</summary>
internal sealed class TlsHandshake(MqttConnectionOptions options, TlsSettings settings)
{
    /// <summary>The ALPN name that selects MQTT with client certificates on AWS IoT's port 443.</summary>
    public const string AwsMqtt = "x-amzn-mqtt-ca";

    /// <summary>Runs the handshake.</summary>
    /// <param name="socket">The TCP connection, for the result.</param>
    /// <param name="stream">The stream over it.</param>
    /// <param name="cancellationToken">Cancels the handshake.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<DialResult> RunAsync(Socket socket, SniffingStream stream, CancellationToken cancellationToken)
    {
        ServerTrust trust = new(settings.Roots, options.Host, settings.Now, options.AddressSource);
        SslStream ssl = new(stream, leaveInnerStreamOpen: false);
        try
        {
            await ssl.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = options.Host,
                    ClientCertificateContext = settings.ClientCertificate,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateChainPolicy = trust.ChainPolicy(),
                    RemoteCertificateValidationCallback = trust.Validate,
                    ApplicationProtocols = options.Port == options.HttpsPort ? [new SslApplicationProtocol(AwsMqtt)] : null,
                },
                cancellationToken).ConfigureAwait(false);
            options.Observer?.Passed(ConnectStage.Tls, Describe(ssl));
            return DialResult.Of(new ServerStream(socket, ssl, options.Port!.Value));
        }
        catch (Exception e)
            when (e is not OperationCanceledException and not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            // A firewall that rejects the handshake closes the connection or responds in HTTP; an MQTT server responds in TLS.
            bool isBlocked = trust.Refusal is null && !TlsFailures.IsTls(stream.First);
            ConnectFailure failure = TlsFailures.OfHandshake(e, trust.Refusal, stream.First, options);
            await ssl.DisposeAsync().ConfigureAwait(false);
            return DialResult.Failed(failure, isBlocked);
        }
    }

    private static string Describe(SslStream ssl)
    {
        string version = ssl.SslProtocol == SslProtocols.Tls13 ? "TLS 1.3" : "TLS 1.2";
        string protocol = ssl.NegotiatedApplicationProtocol.Protocol.IsEmpty ? "" : $" for {ssl.NegotiatedApplicationProtocol}";
        return ssl.RemoteCertificate is X509Certificate2 server
            ? $"{version}{protocol}, server '{server.Subject}', issued by '{server.Issuer}', valid until "
                + $"{server.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC"
            : version;
    }
}
