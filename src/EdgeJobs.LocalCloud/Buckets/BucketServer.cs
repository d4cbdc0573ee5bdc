using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace EdgeJobs.LocalCloud.Buckets;

/// <summary>Serves the files of <see cref="PresignedUrls"/> over HTTPS, with ranges, as S3 does.</summary>
internal sealed partial class BucketServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private BucketServer(WebApplication server) => _server = server;

    public int Port { get; private init; }

    public static async Task<BucketServer> StartAsync(
        IPAddress bind, int port, X509Certificate2 certificate, PresignedUrls urls, TimeProvider clock, ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        ILogger logger = loggers.CreateLogger("bucket");
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Listen(bind, port, listen => listen.UseHttps(certificate));
        });
        WebApplication server = builder.Build();
        server.Run(context => ServeAsync(context, urls, clock, logger));
        try
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        IFeatureCollection features = server.Services.GetRequiredService<IServer>().Features;
        return new BucketServer(server) { Port = new Uri(features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()).Port };
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task ServeAsync(HttpContext context, PresignedUrls urls, TimeProvider clock, ILogger logger)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        string path = target.Split('?')[0];
        string? denied = urls.Open(target, clock.GetUtcNow(), out string? file);
        if (denied is not null)
        {
            LogDenied(logger, path, denied);
            await FailAsync(context, StatusCodes.Status403Forbidden, "AccessDenied", denied).ConfigureAwait(false);
        }
        else if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            await FailAsync(context, StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed", "Only GET and HEAD").ConfigureAwait(false);
        }
        else if (file is null)
        {
            await FailAsync(context, StatusCodes.Status404NotFound, "NoSuchKey", "The specified key does not exist.").ConfigureAwait(false);
        }
        else
        {
            FileInfo info = new(file);
            string tag = string.Create(CultureInfo.InvariantCulture, $"\"{info.Length:x}-{info.LastWriteTimeUtc.Ticks:x}\"");
            string? range = context.Request.Headers.Range;
            LogServed(logger, path, range);
            await TypedResults.PhysicalFile(
                Path.GetFullPath(file), "binary/octet-stream", lastModified: info.LastWriteTimeUtc,
                entityTag: new EntityTagHeaderValue(tag), enableRangeProcessing: true).ExecuteAsync(context).ConfigureAwait(false);
        }
    }

    private static Task FailAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync(
            $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>",
            context.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Denied {Path}: {Reason}")]
    private static partial void LogDenied(ILogger logger, string path, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Serving {Path} {Range}")]
    private static partial void LogServed(ILogger logger, string path, string? range);

    /// <summary>The process has its own signal handling.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
