namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>The broker can't listen, or an external broker can't be reached. The message names the address and the fix.</summary>
internal sealed class BrokerException(string message, Exception? innerException = null) : Exception(message, innerException);
