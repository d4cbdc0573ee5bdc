using System.Buffers;
using System.ComponentModel;
using System.Runtime.InteropServices;

namespace EdgeJobs.Fuzz;

/// <summary>
/// Memory between two inaccessible pages. An input ends at its last byte: a reader that reads one byte too far kills the
/// process.
/// </summary>
internal sealed unsafe partial class GuardedMemory : MemoryManager<byte>
{
    private const int Page = 65_536;
    private const int NoAccess = 0;
    private const int ReadWrite = 1 | 2;
    private const int PrivateAnonymous = 2 | 32;

    private readonly byte* _map;
    private readonly byte* _data;

    /// <summary>Maps the pages.</summary>
    public GuardedMemory()
    {
        nint map = Map(0, 3 * Page, NoAccess, PrivateAnonymous, -1, 0);
        if (map == -1 || Protect(map + Page, Page, ReadWrite) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "can't map the guarded pages");
        }

        _map = (byte*)map;
        _data = _map + Page;
    }

    /// <summary>The capacity in bytes.</summary>
    public const int Capacity = Page;

    /// <summary>Copies bytes to the end of the memory.</summary>
    public ReadOnlyMemory<byte> Place(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(new Span<byte>(_data + Page - bytes.Length, bytes.Length));
        return Memory.Slice(Page - bytes.Length, bytes.Length);
    }

    /// <summary>Copies characters to the end of the memory.</summary>
    public ReadOnlySpan<char> Place(ReadOnlySpan<char> text)
    {
        Span<char> place = Characters(text.Length);
        text.CopyTo(place);
        return place;
    }

    /// <summary>The last characters of the memory, to be written to.</summary>
    public Span<char> Characters(int length) => new((char*)(_data + Page) - length, length);

    /// <summary>True when the slice lies in the last <paramref name="placed"/> bytes of this memory.</summary>
    public bool Holds(ReadOnlyMemory<byte> slice, int placed) =>
        MemoryMarshal.TryGetMemoryManager(slice, out GuardedMemory? owner, out int start, out int length)
        && owner == this && start >= Page - placed && start + length <= Page;

    public override Span<byte> GetSpan() => new(_data, Page);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_data + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing) => _ = Unmap((nint)_map, 3 * Page);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nint length);
}
