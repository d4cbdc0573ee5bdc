namespace EdgeJobs.Client.Dialing;

/// <summary>Which port of a server was open last; knows it as long as the process runs, and beyond where there is a keeper.</summary>
/// <param name="keeper">Keeps it for the next start; null for nobody.</param>
internal sealed class PortMemory(IPortKeeper? keeper)
{
    private bool _isRecalled;
    private int _last;

    /// <summary>The ports to try, the likeliest first.</summary>
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

    /// <summary>Takes note of a port that was open.</summary>
    public void Reached(MqttConnectionOptions options, int port)
    {
        if (options.Port is null && _last != port)
        {
            _last = port;
            keeper?.Keep(options.Host, port);
        }
    }
}
