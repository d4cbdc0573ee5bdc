namespace EdgeJobs.Client;

/// <summary>Why a connection could not be made.</summary>
/// <param name="Kind">The class of the fault, for exit codes and retries.</param>
/// <param name="Stage">How far connecting had come.</param>
/// <param name="Message">One line for the operator: what, where, how to mend.</param>
public sealed record ConnectFailure(ConnectFailureKind Kind, ConnectStage Stage, string Message);
