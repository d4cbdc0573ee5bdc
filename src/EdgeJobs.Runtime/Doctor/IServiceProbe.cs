namespace EdgeJobs.Runtime.Doctor;

/// <summary>What is asked of the service at the end of the way, in a form that changes nothing there.</summary>
internal interface IServiceProbe
{
    /// <summary>The names of their checks, in their order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The topic filters to which the agent subscribes for the answers.</summary>
    IReadOnlyList<string> Filters { get; }

    /// <summary>Asks, and reports the answers.</summary>
    /// <param name="walk">The connection.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task AskAsync(ConnectionProbe walk, CancellationToken cancellationToken);
}
