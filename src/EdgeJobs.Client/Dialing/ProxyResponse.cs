using System.Globalization;
using System.Net.Sockets;
using System.Text;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Dialing;

/// <summary>A proxy's response to CONNECT, read up to the end of its headers.</summary>
internal sealed class ProxyResponse
{
    /// <summary>The proxy closed the connection before the end of its response.</summary>
    public const int Closed = 0;

    /// <summary>The headers exceed <see cref="MaxBytes"/>.</summary>
    public const int TooLong = -1;

    /// <summary>The response is not HTTP.</summary>
    public const int NotHttp = -2;

    /// <summary>The maximum size of the headers; proxies usually send a few hundred bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    private ProxyResponse(int status, string phrase, string schemes)
    {
        Status = status;
        Phrase = phrase;
        Schemes = schemes;
    }

    /// <summary>The status code, or one of the constants.</summary>
    public int Status { get; }

    /// <summary>The authentication schemes of Proxy-Authenticate; empty if there are none.</summary>
    public string Schemes { get; }

    private string Phrase { get; }

    /// <summary>Reads a response.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<ProxyResponse> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1024];
        int length = 0;
        while (true)
        {
            // Peek first, and consume only up to the empty line: the bytes after it come from the server.
            int seen = await socket.ReceiveAsync(buffer.AsMemory(length), SocketFlags.Peek, cancellationToken).ConfigureAwait(false);
            if (seen == 0)
            {
                return new ProxyResponse(Closed, "", "");
            }

            int end = EndOfHeaders(buffer.AsSpan(0, length + seen), Math.Max(0, length - 3));
            int taken = (end < 0 ? length + seen : end) - length;
            await socket.ReceiveAsync(buffer.AsMemory(length, taken), cancellationToken).ConfigureAwait(false);
            length += taken;
            if (!BeginsAsHttp(buffer.AsSpan(0, length)))
            {
                return new ProxyResponse(NotHttp, "", "");
            }

            if (end >= 0)
            {
                return Parse(Encoding.Latin1.GetString(buffer, 0, length));
            }

            if (length == buffer.Length)
            {
                if (length == MaxBytes)
                {
                    return new ProxyResponse(TooLong, "", "");
                }

                Array.Resize(ref buffer, length * 2);
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Phrase.Length == 0 ? Status.ToString(CultureInfo.InvariantCulture) : $"{Status} {Phrase}";

    private static int EndOfHeaders(ReadOnlySpan<byte> bytes, int from)
    {
        int end = bytes[from..].IndexOf("\r\n\r\n"u8);
        return end < 0 ? -1 : from + end + 4;
    }

    private static bool BeginsAsHttp(ReadOnlySpan<byte> bytes) => "HTTP/1."u8.StartsWith(bytes[..Math.Min(bytes.Length, 7)]);

    private static ProxyResponse Parse(string headers)
    {
        string[] lines = headers.Split("\r\n");
        string first = lines[0];

        // "HTTP/1.1 407 Proxy Authentication Required"
        if (first.Length < 12 || first[8] != ' '
            || !int.TryParse(first.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status) || status < 100)
        {
            return new ProxyResponse(NotHttp, "", "");
        }

        List<string> schemes = [];
        foreach (string line in lines)
        {
            const string Name = "Proxy-Authenticate:";
            if (line.StartsWith(Name, StringComparison.OrdinalIgnoreCase))
            {
                string value = line[Name.Length..].Trim();
                int end = value.AsSpan().IndexOfAny(" ,");
                schemes.Add(Readable(end < 0 ? value : value[..end]));
                if (value.Contains(" Basic ", StringComparison.OrdinalIgnoreCase))
                {
                    // One line can hold several schemes.
                    schemes.Add("Basic");
                }
            }
        }

        return new ProxyResponse(status, Readable(first.Length > 13 ? first[13..] : ""), string.Join(", ", schemes));
    }

    /// <summary>Makes text of the proxy safe and short for a log.</summary>
    private static string Readable(string text) => SafeText.Of(text.Trim(), 80);
}
