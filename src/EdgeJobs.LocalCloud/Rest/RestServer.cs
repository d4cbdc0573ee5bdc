using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>
/// The HTTP server of the REST API: Kestrel without a host. A host would add its own signal handling, configuration sources and startup
/// messages, and the process has its own of each.
/// </summary>
internal sealed partial class RestServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    /// <summary>
    /// The largest request body, in bytes: a job document of 32,768 characters fits even if every character is escaped.
    /// </summary>
    private const int MaxBodyBytes = 512 * 1024;

    private readonly KestrelServer _kestrel;
    private readonly RestRouter _router;
    private readonly ILogger _logger;
    private RequestGuard? _guard;

    private RestServer(KestrelServer kestrel, RestRouter router, ILogger logger)
    {
        _kestrel = kestrel;
        _router = router;
        _logger = logger;
    }

    public int Port { get; private set; }

    public static async Task<RestServer> StartAsync(
        IPAddress bind, int port, IReadOnlyList<string> names, RestRouter router, ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        KestrelServerOptions options = new() { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = MaxBodyBytes;
        options.Listen(bind, port);
        KestrelServer kestrel =
            new(Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
        RestServer server = new(kestrel, router, loggers.CreateLogger("rest"));
        try
        {
            await kestrel.StartAsync(server, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            kestrel.Dispose();
            throw;
        }

        foreach (string address in kestrel.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses)
        {
            server.Port = new Uri(address).Port;
        }

        bool anyAddress = bind.Equals(IPAddress.Any) || bind.Equals(IPAddress.IPv6Any);
        server._guard = new RequestGuard(names, anyAddress, server.Port);
        return server;
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        HttpRequest http = context.Request;
        string target = http.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        RestResponse response;
        try
        {
            response = await HandleAsync(http, target, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            response = RestResponse.InvalidRequest(e.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // The last line of defence: the caller gets AWS's response and the log gets the cause.
            LogFault(_logger, e, http.Method, target);
            response = RestResponse.Error(500, "InternalFailureException", "internal error of the local cloud; see its log");
        }

        await WriteAsync(context, response).ConfigureAwait(false);
        LogRequest(_logger, http.Method, target, response.Status, response.ErrorType ?? "ok");
    }

    public async ValueTask DisposeAsync()
    {
        using (CancellationTokenSource timeout = new(TimeSpan.FromSeconds(2)))
        {
            try
            {
                await _kestrel.StopAsync(timeout.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // A client that keeps its connection open does not delay the shutdown.
            }
        }

        _kestrel.Dispose();
    }

    private async Task<RestResponse> HandleAsync(HttpRequest http, string target, CancellationToken cancellationToken)
    {
        // No request is served before the port is known.
        if (_guard is not { } guard)
        {
            return RestResponse.Error(503, "ServiceUnavailableException", "the local cloud is starting");
        }

        if (guard.Check(http) is { } rejected)
        {
            LogRejected(_logger, http.HttpContext.Connection.RemoteIpAddress, http.Method, target, rejected.Message);
            return rejected;
        }

        ReadOnlyMemory<byte> body = await ReadBodyAsync(http, cancellationToken).ConfigureAwait(false);
        return RequestGuard.CheckContentType(http, hasBody: !body.IsEmpty)
            ?? _router.Route(new RestRequest(
                http.Method, target, http.Query, PlaneSelector.Select(http.Headers.Authorization), http.Host.Host, body,
                http.Headers["x-amzn-principal"]));
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength is 0 or null && !request.Headers.ContainsKey("Transfer-Encoding"))
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        using MemoryStream body = new();
        await request.Body.CopyToAsync(body, cancellationToken).ConfigureAwait(false);
        return body.ToArray();
    }

    private static async Task WriteAsync(HttpContext context, RestResponse response)
    {
        HttpResponse http = context.Response;
        http.StatusCode = response.Status;
        http.ContentType = "application/json";
        http.Headers.XContentTypeOptions = "nosniff";
        http.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString();
        if (response.ErrorType is not null)
        {
            http.Headers["x-amzn-ErrorType"] = response.ErrorType + ":";
        }

        http.ContentLength = response.Body.Length;
        await http.Body.WriteAsync(response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Target} -> {Status} {Outcome}")]
    private static partial void LogRequest(ILogger logger, string method, string target, int status, string outcome);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rejected {Method} {Target} from {Client}: {Reason}")]
    private static partial void LogRejected(ILogger logger, IPAddress? client, string method, string target, string? reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Target} failed")]
    private static partial void LogFault(ILogger logger, Exception exception, string method, string target);
}
