using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeJobs.Runtime.Tests.Updates;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>Answers requests for /NAME/… as the attacker NAME says, over HTTPS or HTTP.</summary>
internal sealed class AttackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;

    /// <param name="identity">The server's certificate; null for HTTP.</param>
    public AttackServer(CertificateFiles? identity)
    {
        _certificate = identity is null ? null : X509Certificate2.CreateFromPemFile(identity.Certificate, identity.Key);
        _listener.Start();
        int port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        Root = string.Create(CultureInfo.InvariantCulture, $"{(identity is null ? "http" : "https")}://127.0.0.1:{port}");
        _accepting = AcceptAsync();
    }

    public string Root { get; }

    /// <summary>The answers by name: the whole response, or an action and then a response.</summary>
    public ConcurrentDictionary<string, Func<byte[]>> Answers { get; } = [];

    /// <summary>A response with a body.</summary>
    public static byte[] Response(byte[] body, string headers = "") =>
        [.. Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n{headers}\r\n"), .. body];

    /// <summary>A response without a body.</summary>
    public static byte[] Redirect(string location) =>
        Encoding.Latin1.GetBytes($"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _certificate?.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> lines = [];
        try
        {
            while (true)
            {
                lines.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            await Task.WhenAll(lines);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using TcpClient line = client;
        try
        {
            await using Stream stream = await OpenAsync(client);
            FileRequest request = await FileRequest.ReadAsync(stream, _stop.Token);
            byte[] answer = Answers.TryGetValue(request.Target.Split('/')[1], out Func<byte[]>? make)
                ? make()
                : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
            await stream.WriteAsync(answer, _stop.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or AuthenticationException)
        {
            // The client closed the connection, or the test has ended.
        }
    }

    private async Task<Stream> OpenAsync(TcpClient client)
    {
        if (_certificate is null)
        {
            return client.GetStream();
        }

        SslStream tls = new(client.GetStream());
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stop.Token);
        return tls;
    }
}
