using System.Text;

namespace EdgeJobs.Runtime.Linux;

internal static class TextFile
{
    /// <summary>
    /// The lines of a UTF-8 file that are not empty. <c>File.ReadAllLines</c> would add other encodings, streams and buffers to the binary.
    /// </summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be read.</exception>
    public static string[] ReadLines(string path) =>
        Encoding.UTF8.GetString(File.ReadAllBytes(path)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
