using System.Globalization;
using EdgeJobs.Client;
using EdgeJobs.Runtime.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace EdgeJobs.Runtime;

/// <summary>
/// Keeps in the data directory which port of the server was open: one line, <c>HOST PORT</c>. A file that can't be read, is
/// damaged or of another server counts as none, and one that can't be written costs the next start one attempt.
/// </summary>
/// <param name="directory">The data directory.</param>
/// <param name="logger">The operator's log.</param>
internal sealed class PortFile(string directory, ILogger logger) : IPortKeeper
{
    /// <summary>The file's name in the data directory.</summary>
    public const string Name = "port";

    private const int MaxBytes = 512;
    private readonly string _path = Path.Combine(directory, Name);

    /// <inheritdoc/>
    public int? Recall(string host)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> bytes = stackalloc byte[MaxBytes];
            int length = RandomAccess.Read(file, bytes, 0);
            string[] words = System.Text.Encoding.UTF8.GetString(bytes[..length]).Split(' ');
            return words is [string name, [.. string number, '\n']]
                && name == host
                && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int port)
                && port is MqttPorts.Tls or MqttPorts.Https
                ? port
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Keep(string host, int port)
    {
        try
        {
            // Put in its place at once. Not flushed: after a power cut the old one, or none, does as well.
            string beside = _path + ".new";
            File.WriteAllText(beside, string.Create(CultureInfo.InvariantCulture, $"{host} {port}\n"));
            File.Move(beside, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            AgentLog.PortNotKept(logger, _path, e.Message.ReplaceLineEndings(" "));
        }
    }
}
