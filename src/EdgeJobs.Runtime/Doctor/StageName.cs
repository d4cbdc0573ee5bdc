using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>The names of the stages of connecting, in order.</summary>
internal static class StageName
{
    public const string Subscribe = "subscribe";

    private static readonly string[] Order = ["certificate", "dns", "tcp", "proxy", "tls", "connect", Subscribe];

    public static string Of(ConnectStage stage) => Order[(int)stage];

    /// <summary>The checks that are not reached if a stage fails.</summary>
    public static IReadOnlyList<string> After(ConnectStage stage, bool hasProxy, IReadOnlyList<string> serviceChecks) =>
        [.. Array.FindAll(Order[((int)stage + 1)..], name => hasProxy || name != Of(ConnectStage.Proxy)), .. serviceChecks];
}
