using System.Buffers.Binary;
using System.Globalization;

namespace EdgeJobs.Runtime.Linux;

/// <summary>
/// The load address in the header of the running executable. Symbol files use addresses; stack traces use offsets from the start of the
/// image.
/// </summary>
internal static class ExecutableImage
{
    private const int HeaderBytes = 4096;
    private const int FileHeaderBytes = 0x40;
    private const int ProgramHeaders = 0x20;
    private const int ProgramHeaderSize = 0x36;
    private const int ProgramHeaderCount = 0x38;
    private const int Address = 0x10;
    private const int SmallestProgramHeader = 0x38;
    private const uint Load = 1;

    /// <summary>Converts an offset of a stack trace to an address of the symbol file.</summary>
    /// <param name="offset"><c>0x</c> and hexadecimal digits.</param>
    public static string ToSymbolAddress(string offset) =>
        long.TryParse(offset.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long value)
            ? $"0x{value + BaseOf(ProcFile.Read("/proc/self/exe", stackalloc byte[HeaderBytes])):x}"
            : offset;

    /// <summary>The load address of a 64-bit ELF file; 0 for a position-independent one, and for any other file.</summary>
    /// <param name="file">The first bytes of the file.</param>
    public static long BaseOf(ReadOnlySpan<byte> file)
    {
        if (file.Length < FileHeaderBytes || !file.StartsWith("\u007fELF\u0002\u0001"u8))
        {
            return 0;
        }

        long start = BinaryPrimitives.ReadInt64LittleEndian(file[ProgramHeaders..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(file[ProgramHeaderSize..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file[ProgramHeaderCount..]);
        for (int i = 0; i < count && start >= 0 && start <= file.Length - SmallestProgramHeader; i++, start += size)
        {
            ReadOnlySpan<byte> header = file[(int)start..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) == Load)
            {
                return BinaryPrimitives.ReadInt64LittleEndian(header[Address..]);
            }
        }

        return 0;
    }
}
