using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Footprint;

/// <summary>Serves one file over HTTPS on loopback, with ranges, and counts what it sends.</summary>
internal sealed class DownloadServer : IAsyncDisposable
{
    private const int BlockBytes = 256 * 1024;
    private readonly WebApplication _application;
    private readonly string _file;
    private long _sent;

    private DownloadServer(WebApplication application, string file)
    {
        _application = application;
        _file = file;
    }

    /// <summary>The bytes of all bodies that were written to sockets.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>The first byte of the last request.</summary>
    public long Start { get; private set; }

    public string Url => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
        .Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "/file";

    public static async Task<DownloadServer> StartAsync(CertificateFiles certificate, string file)
    {
        using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificate.Certificate, certificate.Key);
        X509Certificate2 usable = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(usable)));
        DownloadServer server = new(builder.Build(), file);
        server._application.MapGet("/file", server.SendAsync);
        await server._application.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task SendAsync(HttpContext context)
    {
        await using FileStream file = File.OpenRead(_file);
        string range = context.Request.Headers.Range.ToString();
        if (range.Length > 0)
        {
            file.Position = long.Parse(range["bytes=".Length..].Split('-')[0], CultureInfo.InvariantCulture);
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = string.Create(
                CultureInfo.InvariantCulture, $"bytes {file.Position}-{file.Length - 1}/{file.Length}");
        }

        Start = file.Position;
        context.Response.Headers.ETag = "\"1\"";
        context.Response.ContentLength = file.Length - file.Position;
        byte[] block = new byte[BlockBytes];
        int count;
        while ((count = await file.ReadAsync(block)) > 0)
        {
            await context.Response.Body.WriteAsync(block.AsMemory(0, count), context.RequestAborted);
            Interlocked.Add(ref _sent, count);
        }
    }
}
