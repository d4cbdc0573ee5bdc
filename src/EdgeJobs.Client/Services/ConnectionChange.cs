namespace EdgeJobs.Client;

/// <summary>A change of a client's connection.</summary>
/// <param name="IsConnected">Whether the client is connected and every subscription granted.</param>
/// <param name="SessionPresent">Whether the server still had the session of an earlier connection. If not, messages sent during the
/// interruption are lost.</param>
/// <param name="Reason">Why the connection was lost: one line for the operator; empty after a connect.</param>
public readonly record struct ConnectionChange(bool IsConnected, bool SessionPresent, string Reason);
