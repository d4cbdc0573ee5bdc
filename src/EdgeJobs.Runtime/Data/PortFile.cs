using System.Globalization;
using System.Text;
using EdgeJobs.Client;
using EdgeJobs.Client.Options;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Data;

/// <summary>
/// The port of the server that was open last, in the data directory: one line, <c>HOST PORT</c>. A file that is unreadable, corrupt or of
/// another server counts as missing. A file that can't be written costs the next start one connection attempt.
/// </summary>
/// <param name="directory">The data directory.</param>
/// <param name="logger">The agent's log.</param>
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
            // Without fsync: after a power cut, the old file or none will do.
            byte[] line = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{host} {port}\n"));
            DurableFile.Replace(_path, line, mustLast: false);
        }
        catch (IOException e)
        {
            AgentLog.PortNotSaved(logger, e.Message.ReplaceLineEndings(" "));
        }
    }
}
