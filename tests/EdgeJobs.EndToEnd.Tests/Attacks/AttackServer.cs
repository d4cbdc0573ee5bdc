using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeJobs.Runtime.Tests.Updates;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>Answers requests for /NAME/… as the attacker NAME says, over HTTPS or HTTP.</summary>
internal sealed class AttackServer : IAsyncDisposable
{
    private readonly X509Certificate2? _certificate;
    private readonly TestListener _listener;

    /// <param name="identity">The server's certificate; null for HTTP.</param>
    public AttackServer(CertificateFiles? identity)
    {
        _certificate = identity is null ? null : X509Certificate2.CreateFromPemFile(identity.Certificate, identity.Key);
        _listener = new TestListener(AnswerAsync);
        Root = string.Create(CultureInfo.InvariantCulture, $"{(identity is null ? "http" : "https")}://127.0.0.1:{_listener.Port}");
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
        await _listener.DisposeAsync();
        _certificate?.Dispose();
    }

    private async Task AnswerAsync(NetworkStream plain, CancellationToken stop)
    {
        await using Stream stream = await OpenAsync(plain, stop);
        FileRequest request = await FileRequest.ReadAsync(stream, stop);
        byte[] answer = Answers.TryGetValue(request.Target.Split('/')[1], out Func<byte[]>? make)
            ? make()
            : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
        await stream.WriteAsync(answer, stop);
    }

    private async Task<Stream> OpenAsync(NetworkStream plain, CancellationToken stop)
    {
        if (_certificate is null)
        {
            return plain;
        }

        SslStream tls = new(plain);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, stop);
        return tls;
    }
}
