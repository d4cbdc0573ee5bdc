using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.Runtime.Linux;

/// <summary>Mapped pages of the program and its libraries.</summary>
internal static unsafe class UnusedPages
{
    // About 60 mappings of about 700 bytes each.
    private const int Bytes = 128 * 1024;
    private const int MaxRanges = 64;
    private const int DontNeed = 4;

    /// <summary>
    /// Releases the pages of the program and of the libraries that are loaded by the first connection; the kernel reads them again when
    /// they are needed. Excludes libraries that another thread may be loading: their pages are not final yet.
    /// </summary>
    public static void Release()
    {
        byte* buffer = (byte*)NativeMemory.Alloc(Bytes);
        try
        {
            Span<byte> smaps = ProcFile.Read("/proc/self/smaps"u8, new Span<byte>(buffer, Bytes));
            Span<(nuint Start, nuint Length)> ranges = stackalloc (nuint, nuint)[MaxRanges];
            int count = Find(smaps, Encoding.UTF8.GetBytes(Environment.ProcessPath ?? string.Empty), ranges);
            for (int i = 0; i < count; i++)
            {
                _ = Libc.Advise(ranges[i].Start, ranges[i].Length, DontNeed);
            }
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }

    /// <summary>
    /// Finds the mappings of these files that are readable or executable, and of which the process has written no page. Written pages,
    /// such as relocated tables, would be lost.
    /// </summary>
    /// <param name="smaps">The content of <c>/proc/self/smaps</c>, which may be truncated.</param>
    /// <param name="program">The path of the program.</param>
    /// <param name="ranges">Receives as many mappings as fit.</param>
    /// <returns>The number of mappings.</returns>
    internal static int Find(ReadOnlySpan<byte> smaps, ReadOnlySpan<byte> program, Span<(nuint Start, nuint Length)> ranges)
    {
        int count = 0;
        (nuint Start, nuint Length) range = default;
        while (count < ranges.Length && smaps.IndexOf((byte)'\n') is >= 0 and int length)
        {
            ReadOnlySpan<byte> line = smaps[..length];
            smaps = smaps[(length + 1)..];
            if (line.StartsWith("Anonymous:"u8))
            {
                if (range.Length > 0 && line.EndsWith(" 0 kB"u8))
                {
                    ranges[count++] = range;
                }

                range = default;
            }
            else if (line.IndexOf(" /"u8) is > 0 and int path)
            {
                range = IsReadOnly(line) && IsLasting(line[(path + 1)..], program) ? RangeOf(line) : default;
            }
        }

        return count;
    }

    private static bool IsReadOnly(ReadOnlySpan<byte> line) => line.IndexOf(" r-xp "u8) > 0 || line.IndexOf(" r--p "u8) > 0;

    private static bool IsLasting(ReadOnlySpan<byte> path, ReadOnlySpan<byte> program)
    {
        ReadOnlySpan<byte> name = path[(path.LastIndexOf((byte)'/') + 1)..];
        return path.SequenceEqual(program) || name.StartsWith("libcrypto.so"u8) || name.StartsWith("libssl.so"u8)
            || name.StartsWith("libc.so"u8) || name.StartsWith("libm.so"u8) || name.StartsWith("ld-linux"u8);
    }

    // 7f0000000000-7f0000001000 r-xp 00000000 fe:00 1234   /path
    private static (nuint Start, nuint Length) RangeOf(ReadOnlySpan<byte> line) =>
        Utf8Parser.TryParse(line, out ulong start, out int read, 'x') && read < line.Length && line[read] == '-'
        && Utf8Parser.TryParse(line[(read + 1)..], out ulong end, out _, 'x') && end > start
            ? ((nuint)start, (nuint)(end - start))
            : default;
}
