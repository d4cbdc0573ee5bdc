namespace EdgeJobs.LocalCloud.Pki;

/// <summary>The stored certificates or keys of the local cloud can't be used; the message says which file and how to mend it.</summary>
internal sealed class PkiException(string message, Exception? inner = null) : Exception(message, inner);
