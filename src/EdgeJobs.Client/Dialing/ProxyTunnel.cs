using System.Net.Sockets;
using System.Text;
using EdgeJobs.Client.Failures;

namespace EdgeJobs.Client.Dialing;

/// <summary>
/// Opens a tunnel to the server through an HTTP proxy (CONNECT, RFC 9110 section 9.3.6). The proxy resolves the server's name.
/// </summary>
internal sealed class ProxyTunnel(HttpProxy proxy, MqttConnectionOptions options)
{
    private string Server =>
        options.Host.Contains(':', StringComparison.Ordinal) ? $"[{options.Host}]:{options.Port}" : $"{options.Host}:{options.Port}";

    /// <summary>Opens the tunnel.</summary>
    /// <param name="socket">A connection to the proxy; after success, the tunnel to the server.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>Null after success; otherwise the failure.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="CredentialException">The password file can't be used.</exception>
    public async Task<DialResult?> OpenAsync(Socket socket, CancellationToken cancellationToken)
    {
        string? login = Login();
        ProxyResponse response;
        try
        {
            await socket.SendAsync(Request(login), cancellationToken).ConfigureAwait(false);
            response = await ProxyResponse.ReadAsync(socket, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            return Fail($"the proxy {proxy} broke the connection after CONNECT to {Server} ({FailureText.OneLine(e.Message)}); check that "
                + $"it is an HTTP proxy that allows CONNECT there", isBlocked: true);
        }

        return response.Status == 200 ? null : Explain(response, login is not null);
    }

    private DialResult Explain(ProxyResponse response, bool hasLogin) => response.Status switch
    {
        ProxyResponse.Closed =>
            Fail($"the proxy {proxy} closes the connection after CONNECT to {Server}; check that it is an HTTP proxy that allows CONNECT "
                + $"there", isBlocked: true),
        ProxyResponse.TooLong =>
            Refuse($"the proxy {proxy} answers with more than {ProxyResponse.MaxBytes} bytes of headers; check that it is an HTTP proxy"),
        ProxyResponse.NotHttp =>
            Fail($"the proxy {proxy} does not answer in HTTP: something else listens there; check the host and port in --proxy or "
                + $"https_proxy", isBlocked: false),
        407 when response.Schemes is { Length: > 0 } schemes && !schemes.Contains("Basic", StringComparison.OrdinalIgnoreCase) =>
            Refuse($"the proxy {proxy} requires authentication by {schemes} (407), but the agent supports only Basic; enable Basic in the "
                + $"proxy, or exempt this board from authentication"),
        407 when hasLogin =>
            Refuse($"the proxy {proxy} rejects the user '{proxy.User}' with this password (407); check the user, and the password in "
                + $"{proxy.PasswordFile ?? "the proxy's URL"}"),
        407 when proxy.User is not null =>
            Refuse($"the proxy {proxy} requires a password (407); write it to a file and give --proxy_password_file FILE"),
        407 => Refuse($"the proxy {proxy} requires authentication (407); give --proxy http://USER@{proxy} and --proxy_password_file FILE"),
        403 =>
            Fail($"the proxy {proxy} does not allow a connection to {Server} (403); allow CONNECT to {options.Host} on port {options.Port} "
                + $"there", isBlocked: true),
        502 or 503 or 504 =>
            Fail(
                $"the proxy {proxy} can't connect to {Server} ({response}); check {options.AddressSource}, and what the proxy reaches",
                isBlocked: true),
        >= 200 and < 300 or 400 or 404 or 405 or 501 =>
            Fail($"the proxy {proxy} does not support CONNECT ({response}): a web server may listen there; check the host and port in "
                + $"--proxy or https_proxy", isBlocked: false),
        _ => Fail($"the proxy {proxy} refuses a connection to {Server} ({response}); check what it allows", isBlocked: true),
    };

    private static DialResult Fail(string message, bool isBlocked) =>
        DialResult.Failed(new ConnectFailure(ConnectFailureKind.Unreachable, ConnectStage.Proxy, message), isBlocked);

    private static DialResult Refuse(string message) => Fail(message, isBlocked: false);

    private string? Login() =>
        proxy.User is { } user && (proxy.Password ?? (proxy.PasswordFile is { } file ? ProxyPassword.Read(file) : null)) is { } password
        ? $"{user}:{password}"
        : null;

    private byte[] Request(string? login)
    {
        string authorization = login is null ? "" : $"Proxy-Authorization: Basic "
            + $"{Convert.ToBase64String(Encoding.UTF8.GetBytes(login))}\r\n";
        return Encoding.ASCII.GetBytes($"CONNECT {Server} HTTP/1.1\r\nHost: {Server}\r\n{authorization}\r\n");
    }
}
