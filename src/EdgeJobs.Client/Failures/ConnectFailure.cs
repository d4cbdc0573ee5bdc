namespace EdgeJobs.Client;

/// <summary>Why a connection could not be made.</summary>
/// <param name="Kind">The kind of the failure, for exit codes and retries.</param>
/// <param name="Stage">The stage that failed.</param>
/// <param name="Message">One line for the operator: what failed, where, and the fix.</param>
public sealed record ConnectFailure(ConnectFailureKind Kind, ConnectStage Stage, string Message);
