namespace EdgeJobs.LocalCloud.Model;

/// <summary>The store can't be opened, read or written. The message names the file and the fix.</summary>
internal sealed class StoreException(string message, Exception? innerException = null) : Exception(message, innerException);
