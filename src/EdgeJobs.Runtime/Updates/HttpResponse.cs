using System.Globalization;
using System.Text;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// The response to a GET request in HTTP/1.1, one for each connection. .NET's HttpClient took 2 MB of the agent and 0.3 MB of its memory
/// also while it is idle (bench/README.md).
/// </summary>
internal sealed class HttpResponse : IDisposable
{
    private const int MaxHeaderBytes = 64 * 1024;
    private const int MaxInterim = 10;
    private const int MaxChunkLine = 4096;
    private const int NoContent = 204;
    private const int NotModified = 304;
    private readonly ServerStream _server;
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);
    private readonly byte[] _buffer = new byte[8192];
    private int _start;
    private int _end;
    private int _headerBytes;
    private bool _isChunked;
    private bool _isInChunk;
    private bool _isAtEnd;

    // What is left of the body or of the current chunk; null up to the end of the connection.
    private long? _left;

    private HttpResponse(ServerStream server) => _server = server;

    public int Status { get; private set; }

    /// <summary>The length of the body; null if the server does not state it.</summary>
    public long? Length { get; private set; }

    /// <summary>Whether the end of the body can be distinguished from the end of a broken connection.</summary>
    public bool HasEnd => _isChunked || Length is not null;

    /// <summary>Sends a request and reads the response up to its body.</summary>
    /// <param name="server">The connection, which the response owns.</param>
    /// <param name="url">The URL.</param>
    /// <param name="headers">Further header lines, each with its line end.</param>
    /// <param name="cancellationToken">Cancels both.</param>
    /// <exception cref="IOException">The connection broke, or the server does not speak HTTP.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<HttpResponse> GetAsync(
        ServerStream server, DownloadUrl url, string headers, CancellationToken cancellationToken)
    {
        HttpResponse response = new(server);
        try
        {
            string request = $"GET {url.Target} HTTP/1.1\r\nHost: {url.Authority}\r\n{headers}Connection: close\r\n\r\n";
            await server.Stream.WriteAsync(Encoding.Latin1.GetBytes(request), cancellationToken).ConfigureAwait(false);
            await response.ReadHeadAsync(cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>A header, or null. Several lines of one header are joined with commas.</summary>
    public string? Header(string name) => _headers.GetValueOrDefault(name);

    /// <summary>Reads from the body.</summary>
    /// <returns>The number of bytes; 0 at the end of the body.</returns>
    /// <exception cref="IOException">The connection broke before the end, or the body is malformed.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_isChunked && !_isAtEnd && (_left ?? 0) == 0)
        {
            await NextChunkAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_isAtEnd || _left == 0)
        {
            return 0;
        }

        Memory<byte> room = _left is { } left && left < buffer.Length ? buffer[..(int)left] : buffer;
        int count;
        if (_end > _start)
        {
            count = Math.Min(room.Length, _end - _start);
            _buffer.AsMemory(_start, count).CopyTo(room);
            _start += count;
        }
        else
        {
            count = await _server.Stream.ReadAsync(room, cancellationToken).ConfigureAwait(false);
        }

        if (count == 0)
        {
            _isAtEnd = _left is null;
            return _isAtEnd ? 0 : throw new IOException("the server closed the connection before the end of the file");
        }

        _left -= count;
        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();

    private async Task ReadHeadAsync(CancellationToken cancellationToken)
    {
        for (int i = 0; Status is 0 or (>= 100 and < 200); i++)
        {
            if (i == MaxInterim)
            {
                throw Malformed("too many interim responses");
            }

            Status = ParseStatus(await ReadLineAsync(MaxHeaderBytes, cancellationToken).ConfigureAwait(false));
            _headers.Clear();
            string line;
            while ((line = await ReadLineAsync(MaxHeaderBytes, cancellationToken).ConfigureAwait(false)).Length > 0)
            {
                AddHeader(line);
            }
        }

        if (Header("Transfer-Encoding") is { } coding)
        {
            _isChunked = coding.Equals("chunked", StringComparison.OrdinalIgnoreCase);
            if (!_isChunked)
            {
                throw Malformed("a Transfer-Encoding other than chunked");
            }
        }
        else if (Status is NoContent or NotModified)
        {
            _left = Length = 0;
        }
        else if (Header("Content-Length") is { } length)
        {
            _left = Length = ParseLength(length);
        }
    }

    private static int ParseStatus(string line) =>
        line.StartsWith("HTTP/1.", StringComparison.Ordinal)
            && line.Length >= 12 && line[8] == ' ' && (line.Length == 12 || line[12] == ' ')
            && int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status >= 100
            ? status
            : throw new IOException("the server does not answer in HTTP/1.1; check the port in the URL");

    private void AddHeader(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || line.AsSpan(0, colon).ContainsAny(' ', '\t'))
        {
            throw Malformed("a header line without a name");
        }

        string name = line[..colon];
        string value = line[(colon + 1)..].Trim(' ', '\t');
        _headers[name] = _headers.TryGetValue(name, out string? earlier) ? $"{earlier}, {value}" : value;
    }

    /// <summary>The same length may be stated twice (RFC 9110, section 8.6).</summary>
    private static long ParseLength(string text)
    {
        long? length = null;
        foreach (string one in text.Split(','))
        {
            if (!long.TryParse(one.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
                || (length ?? number) != number)
            {
                throw Malformed("an invalid Content-Length");
            }

            length = number;
        }

        return length!.Value;
    }

    private async Task NextChunkAsync(CancellationToken cancellationToken)
    {
        if (_isInChunk && (await ReadLineAsync(MaxChunkLine, cancellationToken).ConfigureAwait(false)).Length > 0)
        {
            throw Malformed("a chunk longer than its size");
        }

        _headerBytes = 0;
        string line = await ReadLineAsync(MaxChunkLine, cancellationToken).ConfigureAwait(false);
        int end = line.AsSpan().IndexOfAny(';', ' ', '\t');
        ReadOnlySpan<char> size = end < 0 ? line : line.AsSpan(0, end);
        if (size.IsEmpty || !long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long bytes) || bytes < 0)
        {
            throw Malformed("a chunk without a size");
        }

        _isInChunk = true;
        _left = bytes;
        if (bytes == 0)
        {
            while ((await ReadLineAsync(MaxHeaderBytes, cancellationToken).ConfigureAwait(false)).Length > 0)
            {
                // Trailers have nothing that the agent uses.
            }

            _isAtEnd = true;
        }
    }

    /// <summary>Reads a line of the head, of a chunk or of the trailers; all of them together have a limit.</summary>
    private async ValueTask<string> ReadLineAsync(int most, CancellationToken cancellationToken)
    {
        StringBuilder? begun = null;
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            int taken = length < 0 ? _end - _start : length + 1;
            _headerBytes += taken;
            if (_headerBytes > most)
            {
                throw Malformed($"more than {most} bytes of headers");
            }

            string part = Encoding.Latin1.GetString(_buffer, _start, length < 0 ? taken : length);
            _start += taken;
            if (length >= 0)
            {
                return (begun is null ? part : begun.Append(part).ToString()).TrimEnd('\r');
            }

            (begun ??= new StringBuilder()).Append(part);
            _start = 0;
            _end = await _server.Stream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
            if (_end == 0)
            {
                throw new IOException(Status == 0
                    ? "the server closed the connection without an answer"
                    : "the server closed the connection before the end of the file");
            }
        }
    }

    private static IOException Malformed(string what) => new($"the server's answer is not valid HTTP: {what}");
}
