using System.Collections.Concurrent;
using System.Collections.Immutable;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>Which filters each client has, to know the quality of service that it wants a message with.</summary>
internal sealed class GrantedFilters
{
    private readonly ConcurrentDictionary<string, ImmutableDictionary<string, MqttQualityOfServiceLevel>> _clients = new(StringComparer.Ordinal);

    /// <summary>A filter was granted.</summary>
    public void Add(string clientId, string filter, MqttQualityOfServiceLevel quality) => _clients.AddOrUpdate(
        clientId,
        static (_, added) => ImmutableDictionary.Create<string, MqttQualityOfServiceLevel>(StringComparer.Ordinal).Add(added.filter, added.quality),
        static (_, filters, added) => filters.SetItem(added.filter, added.quality),
        (filter, quality));

    /// <summary>A filter was given up.</summary>
    public void Remove(string clientId, string filter)
    {
        if (_clients.TryGetValue(clientId, out ImmutableDictionary<string, MqttQualityOfServiceLevel>? filters))
        {
            _clients[clientId] = filters.Remove(filter);
        }
    }

    /// <summary>The client's session is gone.</summary>
    public void Forget(string clientId) => _clients.TryRemove(clientId, out _);

    /// <summary>The best quality that the client's filters allow for a topic; 1 when none matches.</summary>
    public MqttQualityOfServiceLevel QualityFor(string clientId, string topic)
    {
        MqttQualityOfServiceLevel? best = null;
        if (_clients.TryGetValue(clientId, out ImmutableDictionary<string, MqttQualityOfServiceLevel>? filters))
        {
            foreach ((string filter, MqttQualityOfServiceLevel quality) in filters)
            {
                if ((best is null || quality > best) && MqttTopicFilterComparer.Compare(topic, filter) == MqttTopicFilterCompareResult.IsMatch)
                {
                    best = quality;
                }
            }
        }

        return best ?? MqttQualityOfServiceLevel.AtLeastOnce;
    }
}
