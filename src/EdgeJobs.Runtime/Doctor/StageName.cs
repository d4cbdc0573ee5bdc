using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>The names of the checks on the way to the service, in their order.</summary>
internal static class StageName
{
    public const string Subscribe = "subscribe";

    private static readonly string[] Order = ["certificate", "dns", "tcp", "proxy", "tls", "connect", Subscribe];

    /// <summary>The name of a stage of connecting.</summary>
    public static string Of(ConnectStage stage) => Order[(int)stage];

    /// <summary>What comes after a stage and is not reached without it.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="hasProxy">Whether a proxy is on the way.</param>
    /// <param name="questions">What is asked of the service at the end of the way.</param>
    public static IReadOnlyList<string> After(ConnectStage stage, bool hasProxy, IReadOnlyList<string> questions) =>
        [.. Array.FindAll(Order[((int)stage + 1)..], name => hasProxy || name != Of(ConnectStage.Proxy)), .. questions];
}
