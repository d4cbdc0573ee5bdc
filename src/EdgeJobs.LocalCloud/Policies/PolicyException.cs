namespace EdgeJobs.LocalCloud.Policies;

/// <summary>A policy document that can't be used. The message says where in it and why; it never leaves <see cref="PolicyDocument.TryParse"/>.</summary>
internal sealed class PolicyException(string message) : Exception(message);
