using System.Buffers.Binary;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Tests.Linux;

public sealed class ExecutableImageTests
{
    private const int HeaderBytes = 0x40;
    private const int ProgramHeaderBytes = 0x38;
    private const uint Load = 1;
    private const uint Interpreter = 3;

    [Theory]
    [InlineData(0x400000)]
    [InlineData(0)]
    public void Load_address_is_that_of_the_first_load_segment(long address) =>
        Assert.Equal(address, ExecutableImage.BaseOf(File((Interpreter, 0x777), (Load, address), (Load, 0x900000))));

    [Fact]
    public void Load_address_of_any_other_file_is_0()
    {
        byte[] file = File((Interpreter, 0x777), (Load, 0x400000));
        Assert.Equal(0, ExecutableImage.BaseOf([]));
        Assert.Equal(0, ExecutableImage.BaseOf(file.AsSpan(0, HeaderBytes + ProgramHeaderBytes)));
        Assert.Equal(0, ExecutableImage.BaseOf(File((Interpreter, 0x777))));
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(0x20), long.MaxValue);
        Assert.Equal(0, ExecutableImage.BaseOf(file));
        file[4] = 1;
        Assert.Equal(0, ExecutableImage.BaseOf(file));
        Assert.Equal(0, ExecutableImage.BaseOf("#!/bin/sh\necho this is a script, and long enough to hold a header of a file\n"u8));
    }

    [Theory]
    [InlineData("0x1e91bb", "0x1e91bb")]
    [InlineData("0xnone", "0xnone")]
    public void Position_independent_executable_has_offsets_as_addresses(string offset, string expected) =>
        Assert.Equal(expected, ExecutableImage.ToSymbolAddress(offset));

    private static byte[] File(params (uint Type, long Address)[] parts)
    {
        byte[] file = new byte[HeaderBytes + (parts.Length * ProgramHeaderBytes)];
        "\u007fELF\u0002\u0001"u8.CopyTo(file);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(0x20), HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x36), ProgramHeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(0x38), (ushort)parts.Length);
        for (int i = 0; i < parts.Length; i++)
        {
            Span<byte> part = file.AsSpan(HeaderBytes + (i * ProgramHeaderBytes));
            BinaryPrimitives.WriteUInt32LittleEndian(part, parts[i].Type);
            BinaryPrimitives.WriteInt64LittleEndian(part[0x10..], parts[i].Address);
        }

        return file;
    }
}
