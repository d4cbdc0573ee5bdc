namespace EdgeJobs.Runtime.Updates;

/// <summary>A step that the agent does itself has failed. The message is one line for the operator, with the fix.</summary>
internal class UpdateFailure(string message) : Exception(message);
