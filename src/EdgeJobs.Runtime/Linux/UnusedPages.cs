using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.Runtime.Linux;

/// <summary>The pages of the program and its libraries that are mapped, whether they will be needed again or not.</summary>
internal static unsafe class UnusedPages
{
    // Linux tells some 700 bytes of each mapping, and the agent has some 60.
    private const int Bytes = 128 * 1024;
    private const int MaxRanges = 64;
    private const int DontNeed = 4;

    /// <summary>
    /// Unmaps the pages of the program and of those libraries that are loaded when it has connected once, and stay: a library
    /// that another thread is just loading has pages that are not yet what they will be.
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
    /// Finds what can be unmapped: what is mapped from those files to be read or executed, and no page of which the process has
    /// ever written to. Of others, such as relocated tables, the content would be lost.
    /// </summary>
    /// <param name="smaps">The content of <c>/proc/self/smaps</c>, whole or cut off.</param>
    /// <param name="program">The path of the program.</param>
    /// <param name="ranges">Takes the mappings, in bytes; what does not fit is left out.</param>
    /// <returns>How many there are.</returns>
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
