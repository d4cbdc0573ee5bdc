namespace EdgeJobs.Runtime.Linux;

/// <summary>The TCP connections of a running agent, read from /proc.</summary>
internal static class AgentSockets
{
    private const string Established = "01";

    /// <summary>Whether a process has an established TCP connection; null when this user may not read its descriptors.</summary>
    /// <param name="processId">An agent: its only connection is the one to the server or the proxy.</param>
    public static bool? HasConnection(int processId)
    {
        try
        {
            HashSet<string> sockets = [];
            foreach (string descriptor in Directory.GetFiles($"/proc/{processId}/fd"))
            {
                if (new FileInfo(descriptor).LinkTarget is { } target && target.StartsWith("socket:[", StringComparison.Ordinal))
                {
                    sockets.Add(target["socket:[".Length..^1]);
                }
            }

            return IsAnyEstablished($"/proc/{processId}/net/tcp", sockets) || IsAnyEstablished($"/proc/{processId}/net/tcp6", sockets);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode
    private static bool IsAnyEstablished(string table, HashSet<string> sockets)
    {
        foreach (string line in File.Exists(table) ? TextFile.ReadLines(table) : [])
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 9 && fields[3] == Established && sockets.Contains(fields[9]))
            {
                return true;
            }
        }

        return false;
    }
}
