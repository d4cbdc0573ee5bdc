using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.Runtime.Linux;

/// <summary>
/// Small files that are written in one piece, with the C library's own calls: no stream, no buffer, no lock and no path beyond the call.
/// </summary>
internal static unsafe class SmallFile
{
    private const int Create = 0x40;
    private const int AtEnd = 0x400;
    private const int Exists = 17;
    private const int DoNotWait = 0x800;
    private const uint OwnerOnly = 0x180;
    private const uint OwnersDirectory = 0x1C0;

    /// <summary>Adds to the end of a file of a directory, which is made when it is not there.</summary>
    /// <exception cref="IOException">It can't be written, or not all.</exception>
    public static void Append(string directory, string name, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* path = Encode(directory, name, default, stackalloc byte[Libc.PathBytes]), start = bytes)
        {
            int descriptor = Libc.Open(path, Libc.OpenWriteOnly | Create | AtEnd | Libc.OpenNoFollow | DoNotWait | Libc.CloseOnExec, OwnerOnly);
            if (descriptor < 0)
            {
                throw Fault(directory, name);
            }

            bool written = Libc.Write(descriptor, start, bytes.Length) == bytes.Length;
            int error = Marshal.GetLastPInvokeError();
            _ = Libc.Close(descriptor);
            if (!written)
            {
                throw Fault(directory, name, error);
            }
        }
    }

    /// <summary>Deletes a file, if it is there.</summary>
    /// <returns>False when it can't be deleted.</returns>
    public static bool TryDelete(string directory, string name, string suffix = "")
    {
        fixed (byte* path = Encode(directory, name, suffix, stackalloc byte[Libc.PathBytes]))
        {
            return Libc.Unlink(path) == 0 || Marshal.GetLastPInvokeError() == Libc.NoEntry;
        }
    }

    /// <summary>Deletes a file, if it is there.</summary>
    /// <exception cref="IOException">It can't be deleted.</exception>
    public static void Delete(string directory, string name, string suffix = "")
    {
        if (!TryDelete(directory, name, suffix))
        {
            throw Fault(directory, name);
        }
    }

    /// <summary>Makes a directory for its owner alone; its parent is there.</summary>
    /// <returns>False when it was there already.</returns>
    /// <exception cref="IOException">It can't be made, or the one that is there must not be trusted.</exception>
    public static bool MakeDirectory(string path)
    {
        if (Libc.MakeDirectory(path, OwnersDirectory) == 0)
        {
            return true;
        }

        if (Marshal.GetLastPInvokeError() != Exists)
        {
            throw Fault(default, path);
        }

        return ProtectedDirectory.FindFault(path) is { } fault ? throw new IOException(fault) : false;
    }

    /// <summary>A path as the C library wants it, with a null at its end.</summary>
    private static Span<byte> Encode(ReadOnlySpan<char> directory, ReadOnlySpan<char> name, ReadOnlySpan<char> suffix, Span<byte> buffer)
    {
        int most = Encoding.UTF8.GetByteCount(directory) + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(suffix) + 2;
        if (most > buffer.Length)
        {
            throw new PathTooLongException($"{directory}/{name}: the path is too long");
        }

        int length = Encoding.UTF8.GetBytes(directory, buffer);
        if (length > 0)
        {
            buffer[length++] = (byte)'/';
        }

        length += Encoding.UTF8.GetBytes(name, buffer[length..]);
        length += Encoding.UTF8.GetBytes(suffix, buffer[length..]);
        buffer[length] = 0;
        return buffer;
    }

    private static IOException Fault(ReadOnlySpan<char> directory, ReadOnlySpan<char> name) => Fault(directory, name, Marshal.GetLastPInvokeError());

    private static IOException Fault(ReadOnlySpan<char> directory, ReadOnlySpan<char> name, int error) =>
        new($"{Marshal.GetPInvokeErrorMessage(error)}: '{(directory.IsEmpty ? "" : $"{directory}/")}{name}'");
}
