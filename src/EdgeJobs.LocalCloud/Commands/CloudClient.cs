using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeJobs.LocalCloud.Rest;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>Calls the REST API of a running cloud, the same API that the AWS CLI calls.</summary>
internal sealed class CloudClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _url;

    public CloudClient(Uri url)
    {
        _url = url;
        // A proxy from the environment is for the internet; the cloud is local.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(15) };
    }

    public Task<T> SendAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> responseType, CancellationToken cancellationToken)
        where T : class => SendAsync(method, path, content: null, principal: null, responseType, cancellationToken);

    public Task<T> SendAsync<TBody, T>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> responseType,
        CancellationToken cancellationToken)
        where T : class => SendAsync(method, path, Content(body, bodyType), principal: null, responseType, cancellationToken);

    public Task SendAsync(HttpMethod method, string path, CancellationToken cancellationToken) =>
        SendAsync<EmptyBody>(method, path, content: null, principal: null, responseType: null, cancellationToken);

    public Task SendAsync<TBody>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken cancellationToken) =>
        SendAsync<EmptyBody>(method, path, Content(body, bodyType), principal: null, responseType: null, cancellationToken);

    /// <summary>A request about a certificate: its ARN goes into the header <c>x-amzn-principal</c>.</summary>
    public Task SendForPrincipalAsync(HttpMethod method, string path, string principal, CancellationToken cancellationToken) =>
        SendAsync<EmptyBody>(method, path, content: null, principal, responseType: null, cancellationToken);

    public void Dispose() => _http.Dispose();

    private static ByteArrayContent Content<TBody>(TBody body, JsonTypeInfo<TBody> bodyType)
    {
        ByteArrayContent content = new(JsonSerializer.SerializeToUtf8Bytes(body, bodyType));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private async Task<T> SendAsync<T>(
        HttpMethod method, string path, HttpContent? content, string? principal, JsonTypeInfo<T>? responseType,
        CancellationToken cancellationToken)
        where T : class
    {
        using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (principal is not null)
        {
            request.Headers.Add("x-amzn-principal", principal);
        }

        byte[] body;
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            string reason = e.InnerException is SocketException inner ? inner.Message : e.Message;
            throw new CloudException(
                ExitCode.Unreachable,
                $"can't reach a local cloud at {Address} ({reason}): start one with 'edgejobs-cloud serve', or set its address with --url");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CloudException(
                ExitCode.Unreachable, $"the local cloud at {Address} did not respond within {_http.Timeout.TotalSeconds:0} s");
        }

        using (response)
        {
            if (!response.IsSuccessStatusCode)
            {
                string? type = ErrorType(response);
                throw new CloudException(ExitCode.Failed, ErrorMessage(response, type, body), type);
            }
        }

        if (responseType is null)
        {
            return null!;
        }

        try
        {
            return JsonSerializer.Deserialize(body, responseType) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new CloudException(ExitCode.Unreachable, $"the server at {Address} is not an EdgeJobs local cloud: check --url");
        }
    }

    private string Address => _url.ToString().TrimEnd('/');

    private static string? ErrorType(HttpResponseMessage response) =>
        response.Headers.TryGetValues("x-amzn-ErrorType", out IEnumerable<string>? types) ? string.Concat(types).TrimEnd(':') : null;

    private string ErrorMessage(HttpResponseMessage response, string? type, byte[] body)
    {
        if (type is null)
        {
            return $"the server at {Address} is not an EdgeJobs local cloud (HTTP {(int)response.StatusCode}): check --url";
        }

        try
        {
            return $"{JsonSerializer.Deserialize(body, RestJson.Default.ErrorBody)?.Message} ({type})";
        }
        catch (JsonException)
        {
            return type;
        }
    }
}
