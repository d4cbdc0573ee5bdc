using System.Collections;
using System.Collections.Concurrent;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>A session, which can outlive its connections: its owner and its granted filters.</summary>
/// <param name="principal">The <see cref="ClientConnection.Principal"/> of the connection that started it.</param>
internal sealed class ClientSession(string principal)
{
    private const string Item = "edgejobs";

    private readonly ConcurrentDictionary<string, MqttQualityOfServiceLevel> _filters = new(StringComparer.Ordinal);

    public string Principal => principal;

    /// <summary>The session of a handler's items, or null.</summary>
    public static ClientSession? Of(IDictionary items) => items[Item] as ClientSession;

    /// <summary>Stores the session in the items that the library passes to all handlers.</summary>
    public void AddTo(IDictionary items) => items[Item] = this;

    public void Add(string filter, MqttQualityOfServiceLevel quality) => _filters[filter] = quality;

    public void Remove(string filter) => _filters.TryRemove(filter, out _);

    /// <summary>The highest quality of service that the filters grant for a topic; 1 if none matches.</summary>
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
