using EdgeJobs.Client.Options;

namespace EdgeJobs.Client.Dialing;

/// <summary>Remembers which port of a server was open last, and stores it across restarts if there is a store.</summary>
/// <param name="keeper">The store; null for none.</param>
internal sealed class PortMemory(IPortKeeper? keeper)
{
    private bool _isRecalled;
    private int _last;

    /// <summary>The ports to try, the most likely one first.</summary>
    public int[] Order(MqttConnectionOptions options)
    {
        if (options.Port is { } port)
        {
            return [port];
        }

        if (!options.UseTls)
        {
            return [MqttPorts.Plain];
        }

        if (!_isRecalled)
        {
            _isRecalled = true;
            _last = keeper?.Recall(options.Host) ?? 0;
        }

        return _last == options.HttpsPort ? [options.HttpsPort, options.TlsPort] : [options.TlsPort, options.HttpsPort];
    }

    /// <summary>Remembers an open port.</summary>
    public void Reached(MqttConnectionOptions options, int port)
    {
        if (options.Port is null && _last != port)
        {
            _last = port;
            keeper?.Keep(options.Host, port);
        }
    }
}
