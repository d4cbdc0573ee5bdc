using System.Collections;
using System.Collections.Concurrent;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>What the broker knows about a session, which can outlive its connections: who owns it, and which filters were granted.</summary>
/// <param name="principal">The <see cref="ClientConnection.Principal"/> of the connection that started it.</param>
internal sealed class ClientSession(string principal)
{
    private const string Item = "edgejobs";

    private readonly ConcurrentDictionary<string, MqttQualityOfServiceLevel> _filters = new(StringComparer.Ordinal);

    /// <summary>Who owns it.</summary>
    public string Principal => principal;

    /// <summary>The session that a handler's items belong to, or null.</summary>
    public static ClientSession? Of(IDictionary items) => items[Item] as ClientSession;

    /// <summary>Keeps the session with the items that the library passes to all handlers.</summary>
    public void AddTo(IDictionary items) => items[Item] = this;

    /// <summary>A filter was granted.</summary>
    public void Add(string filter, MqttQualityOfServiceLevel quality) => _filters[filter] = quality;

    /// <summary>A filter was unsubscribed.</summary>
    public void Remove(string filter) => _filters.TryRemove(filter, out _);

    /// <summary>The highest quality of service that the filters allow for a topic; 1 when none matches.</summary>
    public MqttQualityOfServiceLevel QualityFor(string topic)
    {
        MqttQualityOfServiceLevel? best = null;
        foreach ((string filter, MqttQualityOfServiceLevel quality) in _filters)
        {
            if ((best is null || quality > best) && MqttTopicFilterComparer.Compare(topic, filter) == MqttTopicFilterCompareResult.IsMatch)
            {
                best = quality;
            }
        }

        return best ?? MqttQualityOfServiceLevel.AtLeastOnce;
    }
}
