using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>
/// Rejects requests that a web page in a local browser can send. The REST API has no passwords, and any page can reach a loopback port:
/// with DNS rebinding under its own host name, otherwise from a foreign origin.
/// </summary>
/// <param name="names">The names and addresses of this machine, as <see cref="Pki.ServerCertificate.NamesFor"/> returns them.</param>
/// <param name="anyAddress">
/// Whether to accept every IP address, because the server listens on all of them. Rebinding requires a name.
/// </param>
/// <param name="port">The port of the REST API.</param>
internal sealed class RequestGuard(IReadOnlyList<string> names, bool anyAddress, int port)
{
    private const int DefaultPort = 80;

    public RestResponse? Check(HttpRequest request)
    {
        string host = request.Host.Value ?? string.Empty;
        if (!IsOwn(request.Host, portWithout: port))
        {
            return Forbidden(
                $"Host '{host}' is not a name of the local cloud: use localhost, 127.0.0.1 or the address of --bind, with port {port}; "
                + "add names with serve --name");
        }

        foreach (string? origin in request.Headers.Origin)
        {
            if (!IsOwnOrigin(origin))
            {
                return Forbidden($"Origin '{origin}' is not the local cloud's: a web page of another origin may not call it");
            }
        }

        foreach (string? site in request.Headers["Sec-Fetch-Site"])
        {
            if (site is not ("same-origin" or "none"))
            {
                return Forbidden(
                    $"Sec-Fetch-Site '{site}' is not same-origin or none: a web page of another site may not call the local cloud");
            }
        }

        return null;
    }

    /// <summary>
    /// Rejects a body that is not declared as JSON. A form or a script can send such a body from any page without a preflight request;
    /// AWS's tools declare a content type whenever they send a body.
    /// </summary>
    public static RestResponse? CheckContentType(HttpRequest request, bool hasBody)
    {
        string? type = request.Headers.ContentType;
        if (type is null ? !hasBody : IsJson(type))
        {
            return null;
        }

        string given = type is null ? "but it is missing" : $"not '{type}'";
        return RestResponse.Error(415, "UnsupportedMediaTypeException", $"Content-Type must be application/json, {given}");
    }

    private static bool IsJson(string type) =>
        MediaTypeHeaderValue.TryParse(type, out MediaTypeHeaderValue? parsed)
        && (parsed.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || parsed.MediaType.Equals("application/x-amz-json-1.0", StringComparison.OrdinalIgnoreCase)
            || parsed.MediaType.Equals("application/x-amz-json-1.1", StringComparison.OrdinalIgnoreCase));

    private bool IsOwnOrigin(string? origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
        && uri.Scheme == Uri.UriSchemeHttp
        && IsOwn(HostString.FromUriComponent(uri), portWithout: DefaultPort);

    private bool IsOwn(HostString host, int portWithout) => host.HasValue && (host.Port ?? portWithout) == port && IsOwnName(host.Host);

    private bool IsOwnName(string host)
    {
        string name = host.EndsWith('.') ? host[..^1] : host;
        if (IPAddress.TryParse(name, out IPAddress? address) && (anyAddress || IPAddress.IsLoopback(address)))
        {
            return true;
        }

        foreach (string own in names)
        {
            bool same = address is null
                ? own.Equals(name, StringComparison.OrdinalIgnoreCase)
                : IPAddress.TryParse(own, out IPAddress? known) && known.Equals(address);
            if (same)
            {
                return true;
            }
        }

        return false;
    }

    private static RestResponse Forbidden(string message) => RestResponse.Error(403, "AccessDeniedException", message);
}
