namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>The broker can't listen, or an external one can't be reached. The message says where and how to mend it.</summary>
internal sealed class BrokerException(string message, Exception? innerException = null) : Exception(message, innerException);
