using System.Net.Sockets;
using System.Text;
using EdgeJobs.Client.Failures;

namespace EdgeJobs.Client.Dialing;

/// <summary>Asks an HTTP proxy for a connection to the server (CONNECT, RFC 9110 section 9.3.6). The proxy resolves the server's name.</summary>
internal sealed class ProxyTunnel(HttpProxy proxy, MqttConnectionOptions options)
{
    private string Server => options.Host.Contains(':', StringComparison.Ordinal) ? $"[{options.Host}]:{options.Port}" : $"{options.Host}:{options.Port}";

    /// <summary>Asks.</summary>
    /// <param name="socket">A connection to the proxy. When it has agreed, what is read next comes from the server.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the proxy has connected; otherwise why not.</returns>
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
            return Fail($"the proxy {proxy} has broken the connection when asked for {Server} ({FailureText.OneLine(e.Message)}); check that it is an HTTP proxy that allows CONNECT there", isBlocked: true);
        }

        return response.Status == 200 ? null : Explain(response, login is not null);
    }

    private DialResult Explain(ProxyResponse response, bool hasLogin) => response.Status switch
    {
        ProxyResponse.Closed => Fail($"the proxy {proxy} closes the connection when asked for {Server}; check that it is an HTTP proxy that allows CONNECT there", isBlocked: true),
        ProxyResponse.TooLong => Fail($"the proxy {proxy} answers with more than {ProxyResponse.MaxBytes} bytes of headers; check that it is an HTTP proxy", isBlocked: false),
        ProxyResponse.NotHttp => Fail($"the proxy {proxy} does not answer in HTTP: something else listens there; check the host and port in --proxy or https_proxy", isBlocked: false),
        407 when response.Schemes is { Length: > 0 } schemes && !schemes.Contains("Basic", StringComparison.OrdinalIgnoreCase) =>
            Refuse($"the proxy {proxy} wants a login by {schemes} (407), and the agent knows Basic alone; let the proxy take Basic, or let this board through without a login"),
        407 when hasLogin => Refuse($"the proxy {proxy} does not take the user '{proxy.User}' with this password (407); check both, the password in {proxy.PasswordFile ?? "the proxy's URL"}"),
        407 when proxy.User is not null => Refuse($"the proxy {proxy} wants a password (407); put it into a file and give --proxy_password_file FILE"),
        407 => Refuse($"the proxy {proxy} wants a login (407); give --proxy http://USER@{proxy} and --proxy_password_file FILE"),
        403 => Fail($"the proxy {proxy} does not allow a connection to {Server} (403); allow CONNECT to {options.Host} on port {options.Port} there", isBlocked: true),
        502 or 503 or 504 => Fail($"the proxy {proxy} can't connect to {Server} ({response}); check --endpoint, and what the proxy reaches", isBlocked: true),
        >= 200 and < 300 or 400 or 404 or 405 or 501 =>
            Fail($"the proxy {proxy} does not do CONNECT ({response}): a web server may listen there; check the host and port in --proxy or https_proxy", isBlocked: false),
        _ => Fail($"the proxy {proxy} refuses a connection to {Server} ({response}); check what it allows", isBlocked: true),
    };

    private static DialResult Fail(string message, bool isBlocked) => DialResult.Failed(new ConnectFailure(ConnectFailureKind.Unreachable, ConnectStage.Proxy, message), isBlocked);

    private static DialResult Refuse(string message) => Fail(message, isBlocked: false);

    private string? Login() => proxy.User is { } user && (proxy.Password ?? (proxy.PasswordFile is { } file ? ProxyPassword.Read(file) : null)) is { } password
        ? $"{user}:{password}"
        : null;

    private byte[] Request(string? login)
    {
        string authorization = login is null ? "" : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(login))}\r\n";
        return Encoding.ASCII.GetBytes($"CONNECT {Server} HTTP/1.1\r\nHost: {Server}\r\n{authorization}\r\n");
    }
}
