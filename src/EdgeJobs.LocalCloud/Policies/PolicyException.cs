namespace EdgeJobs.LocalCloud.Policies;

/// <summary>An invalid policy document. The message says where and why; <see cref="PolicyDocument.TryParse"/> catches it.</summary>
internal sealed class PolicyException(string message) : Exception(message);
