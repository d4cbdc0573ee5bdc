namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>The store can't be opened, read or written. The message says which file and how to mend it.</summary>
internal sealed class StoreException(string message, Exception? innerException = null) : Exception(message, innerException);
