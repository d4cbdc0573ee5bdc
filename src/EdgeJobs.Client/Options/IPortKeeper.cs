namespace EdgeJobs.Client;

/// <summary>Keeps across restarts which port of a server was open, so that a blocked one is not tried first again. What is kept may be lost or wrong at any time: that costs one attempt.</summary>
public interface IPortKeeper
{
    /// <summary>The port that was open last; null when nothing is known. Throws nothing.</summary>
    /// <param name="host">The server.</param>
    int? Recall(string host);

    /// <summary>Keeps a port. Called when it has changed; throws nothing.</summary>
    /// <param name="host">The server.</param>
    /// <param name="port">The port that was open.</param>
    void Keep(string host, int port);
}
