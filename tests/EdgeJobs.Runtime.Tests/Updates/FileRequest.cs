using System.Globalization;
using System.Text;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>A GET request.</summary>
internal sealed class FileRequest(string head)
{
    private readonly string[] _lines = head.Split("\r\n");

    public string Target => _lines[0].Split(' ')[1];

    /// <summary>The first byte that it asks for.</summary>
    public long From => Header("Range") is { } range
        ? long.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
        : 0;

    public string? Header(string name) =>
        Array.Find(_lines, l => l.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..];

    public static async Task<FileRequest> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        StringBuilder head = new();
        byte[] buffer = new byte[4096];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int count = await stream.ReadAsync(buffer, cancellationToken);
            if (count == 0)
            {
                throw new IOException("no request");
            }

            head.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return new FileRequest(head.ToString());
    }
}
