using System.Buffers.Binary;
using System.Globalization;

namespace EdgeJobs.Runtime.Linux;

/// <summary>Where the running executable says that it lies in memory: symbol files count from there, stack traces from its beginning.</summary>
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

    /// <summary>The address by which a symbol file knows a place of this process's executable.</summary>
    /// <param name="offset">The place, as stack traces name it: <c>0x</c> and its distance from the beginning, in hexadecimal digits.</param>
    public static string ToSymbolAddress(string offset) =>
        long.TryParse(offset.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long distance)
            ? string.Create(CultureInfo.InvariantCulture, $"0x{distance + BaseOf(ProcFile.Read("/proc/self/exe", stackalloc byte[HeaderBytes])):x}")
            : offset;

    /// <summary>The first address that an ELF file of 64 bits is to be loaded to; 0 of one that may lie anywhere, and of what is no such file.</summary>
    /// <param name="file">The file's beginning.</param>
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
