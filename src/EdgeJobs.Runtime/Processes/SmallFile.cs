using Microsoft.Win32.SafeHandles;

namespace EdgeJobs.Runtime.Processes;

/// <summary>Files that are written in one piece: without the buffers of a stream, which cost more than what they hold.</summary>
internal static class SmallFile
{
    /// <summary>Writes a file, replacing what is there.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        RandomAccess.Write(handle, bytes, 0);
    }
}
