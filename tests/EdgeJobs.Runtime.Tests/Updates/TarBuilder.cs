using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Writes tar archives, also such as no tool writes.</summary>
internal sealed class TarBuilder
{
    private const int BlockBytes = 512;
    private readonly MemoryStream _bytes = new();

    public static byte[] Gzip(byte[] bytes)
    {
        MemoryStream output = new();
        using (GZipStream stream = new(output, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return output.ToArray();
    }

    public TarBuilder File(string name, string content = "content", string mode = "0000644") =>
        Entry('0', name, Encoding.UTF8.GetBytes(content), mode: mode);

    public TarBuilder Folder(string name) => Entry('5', name, mode: "0000755");

    public TarBuilder Link(char type, string name, string target) =>
        Entry(type, name, change: h => Encoding.UTF8.GetBytes(target).CopyTo(h, 157));

    public TarBuilder Pax(string record, char type = 'x')
    {
        int length = record.Length + 2;
        while ($"{length} {record}\n".Length != length)
        {
            length++;
        }

        return Entry(type, "pax", Encoding.UTF8.GetBytes($"{length} {record}\n"));
    }

    public TarBuilder LongName(string name) => Entry('L', "././@LongLink", Encoding.UTF8.GetBytes(name + "\0"));

    /// <param name="type">The type of the entry.</param>
    /// <param name="name">Its name in the header.</param>
    /// <param name="content">Its content.</param>
    /// <param name="size">What the header says about its size; null for the truth.</param>
    /// <param name="mode">Its mode.</param>
    /// <param name="change">Changes the header, before its checksum is computed.</param>
    public TarBuilder Entry(
        char type, string name, byte[]? content = null, string? size = null, string mode = "0000644", Action<byte[]>? change = null)
    {
        content ??= [];
        byte[] header = new byte[BlockBytes];
        Encoding.UTF8.GetBytes(name).AsSpan(0, Math.Min(100, Encoding.UTF8.GetByteCount(name))).CopyTo(header);
        Put(header, 100, mode);
        Put(header, 108, "0000000");
        Put(header, 116, "0000000");
        Put(header, 124, size ?? Convert.ToString(content.Length, 8).PadLeft(11, '0'));
        Put(header, 136, "00000000000");
        header[156] = (byte)type;
        Put(header, 257, "ustar\000");
        change?.Invoke(header);
        header.AsSpan(148, 8).Fill((byte)' ');
        int sum = header.Sum(b => b);
        Put(header, 148, Convert.ToString(sum, 8).PadLeft(6, '0') + "\0");
        _bytes.Write(header);
        _bytes.Write(content);
        _bytes.Write(new byte[(BlockBytes - (content.Length % BlockBytes)) % BlockBytes]);
        return this;
    }

    public TarBuilder Raw(byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>The archive.</summary>
    public byte[] Build(bool hasEnd = true) => [.. _bytes.ToArray(), .. new byte[hasEnd ? 2 * BlockBytes : 0]];

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_bytes.Length} bytes");

    private static void Put(byte[] header, int offset, string text) => Encoding.ASCII.GetBytes(text).CopyTo(header, offset);
}
