namespace EdgeJobs.Client.Services;

/// <summary>The topic filters of a client: those to subscribe to after each connect, and those granted on the present connection.</summary>
/// <param name="mqtt">The connection.</param>
internal sealed class Subscriptions(MqttConnection mqtt)
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private int _connection;
    private bool _isUp;

    /// <summary>The number of filters.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Adds a filter for the life of the client, before it connects.</summary>
    public void Add(string filter)
    {
        lock (_gate)
        {
            if (FindCovering(filter) is null)
            {
                _entries.Add(new Entry(filter, isPermanent: true));
            }
        }
    }

    /// <summary>Makes sure that replies on a filter arrive: from now on, and after each reconnect.</summary>
    /// <returns>Null if the server has granted it already, or a task with null once it does, or with the failure.</returns>
    public Task<ConnectFailure?>? Keep(string filter)
    {
        lock (_gate)
        {
            if (!_isUp)
            {
                // The caller's message can't be sent either, and says so.
                return null;
            }

            Entry? entry = FindCovering(filter);
            if (entry is { IsGranted: true })
            {
                return null;
            }

            if (entry is null)
            {
                entry = new Entry(filter, isPermanent: true);
                _entries.Add(entry);
            }

            // Shared by all callers, so no caller can cancel it.
            return entry.Granting ??= GrantAsync(entry, _connection);
        }
    }

    /// <summary>Adds a filter until <see cref="Remove"/>. Without a connection it is subscribed to with the next one.</summary>
    /// <returns>Null if the server has granted it or there is no connection; otherwise the failure, and the filter is not added.</returns>
    public async Task<ConnectFailure?> AddAsync(string filter, CancellationToken cancellationToken)
    {
        Entry? entry;
        int connection;
        lock (_gate)
        {
            entry = FindTemporary(filter);
            if (entry is null)
            {
                if (FindCovering(filter) is not null)
                {
                    return null;
                }

                entry = new Entry(filter, isPermanent: false);
                _entries.Add(entry);
            }

            entry.Users++;
            if (!_isUp)
            {
                return null;
            }

            connection = _connection;
        }

        ConnectFailure? failure = null;
        bool isDone = false;
        try
        {
            // Also for a second user: it wants the retained messages, too.
            failure = await GrantAsync(entry, connection).WaitAsync(cancellationToken).ConfigureAwait(false);
            isDone = failure is null or { Kind: not ConnectFailureKind.SubscriptionRefused };
        }
        finally
        {
            if (!isDone)
            {
                Remove(filter);
            }
        }

        // Every other failure is one of the connection: after the reconnect there is another attempt.
        return isDone ? null : failure;
    }

    /// <summary>Undoes an <see cref="AddAsync"/>.</summary>
    public void Remove(string filter)
    {
        lock (_gate)
        {
            if (FindTemporary(filter) is not { } entry || --entry.Users > 0)
            {
                return;
            }

            _entries.Remove(entry);
            if (!_isUp || !entry.IsGranted)
            {
                return;
            }
        }

        _ = mqtt.UnsubscribeAsync(filter);
    }

    /// <summary>Subscribes to every filter on a new connection, before anybody uses it.</summary>
    public async Task<ConnectFailure?> ConnectAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            List<Entry> missing = [];
            List<string> filters = [];
            lock (_gate)
            {
                for (int i = 0; i < _entries.Count && missing.Count < MqttConnection.MaxFiltersPerSubscribe; i++)
                {
                    if (!_entries[i].IsGranted)
                    {
                        missing.Add(_entries[i]);
                        filters.Add(_entries[i].Filter);
                    }
                }

                if (missing.Count == 0)
                {
                    _isUp = true;
                    return null;
                }
            }

            if (await mqtt.SubscribeAsync(filters, cancellationToken).ConfigureAwait(false) is { } failure)
            {
                return failure;
            }

            lock (_gate)
            {
                foreach (Entry entry in missing)
                {
                    entry.IsGranted = true;
                }
            }
        }
    }

    /// <summary>The connection is lost or closed.</summary>
    public void Disconnect()
    {
        lock (_gate)
        {
            _isUp = false;
            _connection++;
            foreach (Entry entry in _entries)
            {
                entry.IsGranted = false;
                entry.Granting = null;
            }
        }
    }

    private Entry? FindCovering(string filter)
    {
        foreach (Entry entry in _entries)
        {
            if (entry.IsPermanent && TopicFilters.Covers(entry.Filter, filter))
            {
                return entry;
            }
        }

        return null;
    }

    private Entry? FindTemporary(string filter) => _entries.Find(e => !e.IsPermanent && e.Filter == filter);

    private async Task<ConnectFailure?> GrantAsync(Entry entry, int connection)
    {
        // Not on the caller's stack, which holds the lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        ConnectFailure? failure = await mqtt.SubscribeAsync([entry.Filter], CancellationToken.None).ConfigureAwait(false);
        lock (_gate)
        {
            if (connection == _connection)
            {
                entry.IsGranted |= failure is null;
                entry.Granting = null;
                if (failure is { Kind: ConnectFailureKind.SubscriptionRefused } && entry.IsPermanent)
                {
                    // Otherwise every reconnect would fail.
                    _entries.Remove(entry);
                }
            }
        }

        return failure;
    }

    private sealed class Entry(string filter, bool isPermanent)
    {
        public string Filter { get; } = filter;

        /// <summary>Whether it stays for the life of the client, so that it can stand for narrower filters.</summary>
        public bool IsPermanent { get; } = isPermanent;

        /// <summary>The number of feeds, if it is not permanent.</summary>
        public int Users { get; set; }

        public bool IsGranted { get; set; }

        /// <summary>The subscription that is under way; null if there is none.</summary>
        public Task<ConnectFailure?>? Granting { get; set; }
    }
}
