using System.Text;

namespace EdgeJobs.Runtime.Linux;

/// <summary>Reads small files of text in UTF-8. .NET's own readers bring other encodings, streams and their buffers into the binary.</summary>
internal static class TextFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be read.</exception>
    public static string Read(string path) => Encoding.UTF8.GetString(File.ReadAllBytes(path));

    /// <summary>Reads the lines of a file that are not empty.</summary>
    /// <inheritdoc cref="Read"/>
    public static string[] ReadLines(string path) => Read(path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
