using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Serves one file over HTTPS, with ranges. Each of <see cref="Faults"/> replaces one response.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly X509Certificate2? _certificate;
    private readonly TestListener _listener;

    private FileServer(byte[] file, X509Certificate2? certificate, IPAddress address)
    {
        File = file;
        _certificate = certificate;
        _listener = new TestListener(AnswerAsync, address);
        string host = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        Root = string.Create(CultureInfo.InvariantCulture, $"{(certificate is null ? "http" : "https")}://{host}:{Port}");
    }

    public byte[] File { get; set; }

    public string? Tag { get; set; } = "\"v1\"";

    public string Root { get; }

    /// <summary>Whether it requests a certificate of its clients.</summary>
    public bool RequestsCertificate { get; set; }

    /// <summary>The subjects of the clients' certificates, null for none, in the order of the connections.</summary>
    public ConcurrentQueue<string?> Clients { get; } = new();

    public string Url => Root + "/update.bin?X-Amz-Signature=secret";

    public int Port => _listener.Port;

    /// <summary>Writes the whole response to one of the next requests.</summary>
    public ConcurrentQueue<Func<FileRequest, Stream, Task>> Faults { get; } = new();

    public ConcurrentQueue<FileRequest> Requests { get; } = new();

    /// <summary>The first byte of each request.</summary>
    public long[] Starts => [.. Requests.Select(r => r.From)];

    public static FileServer Start(byte[] file, TestCertificates certificates, IPAddress? address = null)
    {
        CertificateFiles files = certificates.IssueServer();
        return new FileServer(file, X509Certificate2.CreateFromPemFile(files.Certificate, files.Key), address ?? IPAddress.Loopback);
    }

    public static FileServer StartPlain(byte[] file) => new(file, null, IPAddress.Loopback);

    /// <summary>Answers with a status and no body.</summary>
    public void Answer(int status, string headers = "", int times = 1) =>
        Repeat(times, (_, stream) => SayAsync(stream, $"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n{headers}\r\n"));

    /// <summary>Answers with these bytes, and closes the connection.</summary>
    public void Answer(string bytes) => Faults.Enqueue((_, stream) => SayAsync(stream, bytes));

    /// <summary>Closes the connection after so many bytes of the file.</summary>
    public void Cut(int after, int times = 1) => Repeat(times, (request, stream) => ServeAsync(request, stream, after));

    /// <summary>Sends so many bytes of the file, and then nothing until the client closes.</summary>
    public void Hold(int after, TaskCompletionSource? reached = null) => Faults.Enqueue(async (request, stream) =>
    {
        await ServeAsync(request, stream, after);
        reached?.TrySetResult();
        while (await stream.ReadAsync(new byte[1]) > 0)
        {
            // The client has nothing more to say.
        }
    });

    public void Repeat(int times, Func<FileRequest, Stream, Task> fault)
    {
        for (int i = 0; i < times; i++)
        {
            Faults.Enqueue(fault);
        }
    }

    /// <summary>Answers as a web server does.</summary>
    public async Task ServeAsync(FileRequest request, Stream stream, int most = int.MaxValue)
    {
        bool isPart = request.From > 0 && request.Header("If-Range") is var known && (known is null || known == Tag);
        int from = isPart ? (int)request.From : 0;
        string tag = Tag is null ? "" : $"ETag: {Tag}\r\n";
        string head = isPart
            ? $"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{File.Length - 1}/{File.Length}\r\n"
            : "HTTP/1.1 200 OK\r\n";
        await SayAsync(stream, string.Create(CultureInfo.InvariantCulture, $"{head}{tag}Content-Length: {File.Length - from}\r\n\r\n"));
        await stream.WriteAsync(File.AsMemory(from, Math.Min(most, File.Length - from)));
    }

    public static Task SayAsync(Stream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _certificate?.Dispose();
    }

    private async Task AnswerAsync(NetworkStream plain, CancellationToken stop)
    {
        Stream stream = plain;
        if (_certificate is not null)
        {
            SslStream tls = new(plain);
            SslServerAuthenticationOptions options = new()
            {
                ServerCertificate = _certificate,
                ClientCertificateRequired = RequestsCertificate,
                RemoteCertificateValidationCallback = (_, client, _, _) => client is null or X509Certificate2,
            };
            await tls.AuthenticateAsServerAsync(options, stop);
            Clients.Enqueue(tls.RemoteCertificate?.Subject);
            stream = tls;
        }

        await using (stream)
        {
            FileRequest request = await FileRequest.ReadAsync(stream, stop);
            Requests.Enqueue(request);
            await (Faults.TryDequeue(out Func<FileRequest, Stream, Task>? fault) ? fault(request, stream) : ServeAsync(request, stream));
        }
    }
}
