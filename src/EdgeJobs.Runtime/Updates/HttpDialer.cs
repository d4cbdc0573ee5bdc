using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Client;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Updates;

/// <summary>Opens streams to web servers as the agent opens the one to the MQTT server: name, TCP, proxy, TLS.</summary>
internal sealed class HttpDialer(DownloadOptions options)
{
    private const int HttpsPort = 443;

    private readonly MqttConnectionOptions _template = options.Connection with
    {
        Observer = null,
        PortKeeper = null,
        CertificateUsed = null,
        ConnectTimeout = options.ConnectTimeout,
        AddressSource = "the URL",
        Protocol = ("HTTPS", HttpsPort),

        // No port selects MQTT in the handshake.
        HttpsPort = 0,
    };

    private X509Certificate2Collection? _roots;

    /// <summary>Opens a stream.</summary>
    /// <exception cref="DownloadFailure">The server can't be reached.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ServerStream> OpenAsync(DownloadUrl url, CancellationToken cancellationToken)
    {
        MqttConnectionOptions server = _template with { Host = url.Host, Port = url.Port };
        try
        {
            TlsSettings? tls = null;
            bool isKnown = url.IsSecure
                && Array.Exists(options.CertificateHosts, h => h.Equals(url.Host, StringComparison.OrdinalIgnoreCase));
            using ClientCredentials? credentials = isKnown ? ClientCredentials.Load(server, options.Time) : null;
            if (url.IsSecure)
            {
                _roots ??= server.CaFile is { } file ? ServerTrust.ReadCaFile(file) : null;
                tls = new TlsSettings(credentials?.CreateContext(), _roots, options.Time.GetUtcNow());
            }

            using PortAttempt attempt = new(server, tls, isLast: true, options.Time);
            DialResult result = await attempt.RunAsync(cancellationToken).ConfigureAwait(false);
            return result.Server ?? throw new DownloadFailure(result.Failure!.Message, isFinal: false);
        }
        catch (CredentialException e)
        {
            throw new DownloadFailure(e.Message);
        }
    }

    /// <summary>Requests a URL and follows its redirects.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="headers">The headers of the request.</param>
    /// <param name="stall">Its time-out starts when the server is reached.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="DownloadFailure">The policy forbids it, the server can't be reached, or a redirect can't be followed.</exception>
    public async Task<HttpResponse> GetAsync(
        DownloadUrl url, string headers, CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        for (int redirects = 0; ; redirects++)
        {
            if (ExecutionPolicy.CheckUrl(options.Policy, url) is { } denied)
            {
                throw new DownloadFailure(denied);
            }

            // The connection has a time-out of its own.
            stall.CancelAfter(Timeout.InfiniteTimeSpan);
            ServerStream server = await OpenAsync(url, cancellationToken).ConfigureAwait(false);
            stall.CancelAfter(options.StallTimeout);
            HttpResponse response = await HttpResponse.GetAsync(server, url, headers, cancellationToken).ConfigureAwait(false);
            bool isOver = false;
            try
            {
                DownloadUrl? next = FileAnswer.RedirectOf(response, url, redirects);
                isOver = next is null;
                if (isOver)
                {
                    return response;
                }

                url = next!;
            }
            finally
            {
                if (!isOver)
                {
                    response.Dispose();
                }
            }
        }
    }
}
