using System.Globalization;
using System.Text;
using EdgeJobs.Client;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Data;

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
        string[] words;
        try
        {
            words = PrivateFile.Read(_path, MaxBytes) is { } bytes ? Encoding.UTF8.GetString(bytes).Split(' ') : [];
        }
        catch (IOException)
        {
            return null;
        }

        return words is [string name, [.. string number, '\n']]
            && name == host
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port is MqttPorts.Tls or MqttPorts.Https
            ? port
            : null;
    }

    /// <inheritdoc/>
    public void Keep(string host, int port)
    {
        try
        {
            // Put in its place at once. Not flushed: after a power cut the old one, or none, does as well.
            PrivateFile.Replace(_path, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{host} {port}\n")));
        }
        catch (IOException e)
        {
            AgentLog.PortNotKept(logger, _path, e.Message.ReplaceLineEndings(" "));
        }
    }
}
