namespace EdgeJobs.Client;

/// <summary>
/// Stores across restarts which port of a server was open, so that a blocked port is not tried first. A lost or wrong entry costs one
/// attempt.
/// </summary>
public interface IPortKeeper
{
    /// <summary>The port that was open last; null if unknown. Must not throw.</summary>
    /// <param name="host">The server.</param>
    int? Recall(string host);

    /// <summary>Stores a port. Called when it changes. Must not throw.</summary>
    /// <param name="host">The server.</param>
    /// <param name="port">The port that was open.</param>
    void Keep(string host, int port);
}
