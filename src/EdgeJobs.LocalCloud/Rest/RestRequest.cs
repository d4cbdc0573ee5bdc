using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using EdgeJobs.LocalCloud.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>Where an operation takes input from, besides its path and query.</summary>
[Flags]
internal enum RestInput
{
    None = 0,
    Body = 1,

    /// <summary>The header <c>x-amzn-principal</c>.</summary>
    Principal = 2,
}

/// <summary>A parsed request to the REST API: decoded path segments, query and body.</summary>
internal sealed class RestRequest
{
    private readonly IQueryCollection _query;

    /// <param name="rawTarget">
    /// The request target as sent, query included: each segment is percent-decoded separately, so that an encoded slash stays inside its
    /// segment.
    /// </param>
    /// <param name="host">The host name or address that the client called.</param>
    /// <param name="principal">The header <c>x-amzn-principal</c>, or null.</param>
    public RestRequest(
        string method, string rawTarget, IQueryCollection query, Plane plane, string host, ReadOnlyMemory<byte> body,
        string? principal = null)
    {
        Principal = principal;
        Host = host;
        Method = method;
        Plane = plane;
        Body = body;
        _query = query;
        int end = rawTarget.IndexOf('?', StringComparison.Ordinal);
        string path = end < 0 ? rawTarget : rawTarget[..end];
        if (path.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            // The absolute form, as clients of a proxy send it. The server has compared its authority with Host.
            int slash = path.IndexOf('/', "http://".Length);
            path = slash < 0 ? string.Empty : path[slash..];
        }

        string[] segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < segments.Length; i++)
        {
            segments[i] = Uri.UnescapeDataString(segments[i]);
        }

        Segments = segments;
    }

    public string Method { get; }
    public string[] Segments { get; }
    public Plane Plane { get; }
    public string Host { get; }
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The ARN in the header <c>x-amzn-principal</c>, or null.</summary>
    public string? Principal { get; }

    public string? Query(string name) => _query.TryGetValue(name, out var values) && values.Count > 0 ? values[0] : null;

    /// <summary>A query parameter that is true or false; default false.</summary>
    public bool TryQueryFlag(string name, out bool value, out RestResponse error) =>
        TryQueryFlag(name, defaultValue: false, out value, out error);

    public bool TryQueryFlag(string name, bool defaultValue, out bool value, out RestResponse error)
    {
        string? text = Query(name);
        value = defaultValue;
        error = default;
        if (text is null || bool.TryParse(text, out value))
        {
            return true;
        }

        error = RestResponse.InvalidRequest($"{name} must be true or false, not '{text}'");
        return false;
    }

    /// <summary>A query parameter that is a whole number; null if absent.</summary>
    public bool TryQueryNumber(string name, long minimum, long maximum, out long? value, out RestResponse error)
    {
        string? text = Query(name);
        value = null;
        error = default;
        if (text is null)
        {
            return true;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number >= minimum
            && number <= maximum)
        {
            value = number;
            return true;
        }

        error = RestResponse.InvalidRequest($"{name} must be a whole number from {minimum} to {maximum}, not '{text}'");
        return false;
    }

    /// <summary>The parameters of every list: <c>maxResults</c>, 1 to 250, default 250, and <c>nextToken</c>.</summary>
    public bool TryQueryPage(out int maxResults, out string? nextToken, out RestResponse error) =>
        TryQueryPage("maxResults", "nextToken", out maxResults, out nextToken, out error);

    /// <summary>
    /// The same parameters under the names that lists of policies and certificates use: <c>pageSize</c> and <c>marker</c>.
    /// </summary>
    public bool TryQueryMarkedPage(out int pageSize, out string? marker, out RestResponse error) =>
        TryQueryPage("pageSize", "marker", out pageSize, out marker, out error);

    private bool TryQueryPage(string size, string token, out int maxResults, out string? nextToken, out RestResponse error)
    {
        bool succeeded = TryQueryNumber(size, 1, JobsService.MaxResults, out long? number, out error);
        maxResults = (int)(number ?? JobsService.MaxResults);
        nextToken = Query(token);
        return succeeded;
    }

    /// <summary>
    /// Rejects any input that the operation does not take, by name and before it has any effect: ignoring it would mislead the user.
    /// </summary>
    /// <param name="input">Where else the operation takes input from.</param>
    /// <param name="query">The query parameters that it takes.</param>
    /// <returns>The error, or null.</returns>
    public RestResponse? RejectUnknownInput(RestInput input, params ReadOnlySpan<string> query)
    {
        foreach ((string name, StringValues values) in _query)
        {
            if (!query.Contains(name))
            {
                return NotSupported(name);
            }

            if (values.Count > 1)
            {
                return RestResponse.InvalidRequest($"{name} is given {values.Count} times");
            }
        }

        if (Principal is not null && !input.HasFlag(RestInput.Principal))
        {
            return NotSupported("x-amzn-principal");
        }

        return input.HasFlag(RestInput.Body) ? null : RejectUnknownMembers();
    }

    /// <summary>Rejects the first member of the body that is not in <paramref name="known"/>, by name.</summary>
    public RestResponse? RejectUnknownMembers(params ReadOnlySpan<string> known)
    {
        if (Body.IsEmpty)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(Body, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return RestResponse.InvalidRequest("the body must be a JSON object");
            }

            foreach (JsonProperty member in document.RootElement.EnumerateObject())
            {
                if (member.Value.ValueKind != JsonValueKind.Null && !known.Contains(member.Name))
                {
                    return NotSupported(member.Name);
                }
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return InvalidBody(e);
        }
    }

    /// <summary>Reads the body; an empty one counts as <c>{}</c>. Rejects a member that the type does not have, by name.</summary>
    public bool TryReadBody<T>(JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value, out RestResponse error)
        where T : class
    {
        value = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(Body.IsEmpty ? "{}"u8.ToArray() : Body, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                error = RestResponse.InvalidRequest("the body must be a JSON object");
                return false;
            }

            if (UnknownMember(document.RootElement, type) is { } unknown)
            {
                error = NotSupported(unknown);
                return false;
            }

            error = default;
            value = document.RootElement.Deserialize(type);
            return value is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            error = InvalidBody(e);
            return false;
        }
    }

    // A duplicate name: parsers disagree on which value counts.
    private static JsonDocumentOptions Strict => new() { AllowDuplicateProperties = false };

    private static string? UnknownMember(JsonElement value, JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            JsonPropertyInfo? known = type.Properties.FirstOrDefault(property => property.Name == member.Name);
            if (known is null)
            {
                return member.Name;
            }

            if (UnknownMember(member.Value, type.Options.GetTypeInfo(known.PropertyType)) is { } inner)
            {
                return $"{member.Name}.{inner}";
            }
        }

        return null;
    }

    private static RestResponse NotSupported(string name) => RestResponse.InvalidRequest($"{name} is not supported by the local cloud");

    // An unpaired surrogate is valid JSON but not valid text: reading it throws InvalidOperationException.
    private static RestResponse InvalidBody(Exception e) => RestResponse.InvalidRequest($"the body is invalid: {e.Message}");
}
