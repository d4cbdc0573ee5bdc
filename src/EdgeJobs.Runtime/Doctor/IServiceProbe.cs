namespace EdgeJobs.Runtime.Doctor;

/// <summary>The last checks: requests to the service, in a form that changes nothing there.</summary>
internal interface IServiceProbe
{
    /// <summary>The names of the checks in order.</summary>
    IReadOnlyList<string> CheckNames { get; }

    /// <summary>The topic filters of the replies.</summary>
    IReadOnlyList<string> Filters { get; }

    /// <summary>Sends the requests and reports the replies.</summary>
    Task RunAsync(ConnectionProbe connection, CancellationToken cancellationToken);
}
