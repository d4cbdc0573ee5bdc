namespace EdgeJobs.Protocol;

/// <summary>How MQTT carries a message: what the spec says in the MQTT binding of its operation.</summary>
/// <param name="QualityOfService">The delivery guarantee.</param>
/// <param name="Retain">The broker keeps the message for those who subscribe later.</param>
/// <param name="MessageExpiry">How long the broker holds the message for a receiver that is away, in whole seconds; null for no limit. MQTT 3.1.1 has no such limit.</param>
public readonly record struct PublishOptions(QualityOfService QualityOfService, bool Retain = false, TimeSpan? MessageExpiry = null);
