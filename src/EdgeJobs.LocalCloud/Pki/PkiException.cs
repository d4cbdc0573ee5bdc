namespace EdgeJobs.LocalCloud.Pki;

/// <summary>The stored certificates or keys of the local cloud can't be used. The message names the file and the fix.</summary>
internal sealed class PkiException(string message, Exception? inner = null) : Exception(message, inner);
