using EdgeJobs.PowerCut.Tests.Disk;
using EdgeJobs.PowerCut.Tests.Tracing;

namespace EdgeJobs.PowerCut.Tests.Recovery;

/// <summary>
/// The distinct states that a power cut during a recording can leave. At each cut, all states of the files and directories that the agent
/// ever flushes and of the one that was changed last are tried; of the others only some, as nothing depends on them.
/// </summary>
internal sealed class CutStates
{
    // Without a flush, what is wrong shows soon.
    private const int MaxWindow = 150;

    // Of what is never flushed, and therefore never needed.
    private const int MaxUnflushed = 5;
    private readonly IReadOnlyList<TraceEvent> _events;
    private readonly History _history;
    private readonly int _samples;
    private readonly bool _isComplete;
    private readonly HashSet<int> _flushedNodes = [];

    /// <param name="events">The recording.</param>
    /// <param name="history">What it says about executions.</param>
    /// <param name="samples">The number of random images at each cut.</param>
    /// <param name="isComplete">Whether cuts are tried in executions that are like earlier ones, too.</param>
    public CutStates(IReadOnlyList<TraceEvent> events, History history, int samples, bool isComplete)
    {
        _isComplete = isComplete;
        _events = events;
        _history = history;
        _samples = samples;
        DiskModel model = new();
        List<FlushSite> flushes = [];
        Dictionary<int, string> changes = [];
        for (int at = 0; at < events.Count; at++)
        {
            if (events[at] is not TraceEvent.OnDisk { Call: { } call })
            {
                continue;
            }

            DiskNode node = model.Apply(call);
            if (call is DiskCall.Flush)
            {
                _flushedNodes.Add(node.Id);
                flushes.Add(new FlushSite(at, node.Id, FlushSite.Describe(call.Path, changes.GetValueOrDefault(node.Id, "nothing"))));
                changes.Remove(node.Id);
            }
            else
            {
                changes[node.Id] = FlushSite.Describe(call);
            }
        }

        Flushes = flushes;
    }

    /// <summary>The flushes in the recording.</summary>
    public IReadOnlyList<FlushSite> Flushes { get; }

    /// <summary>All states of all cuts.</summary>
    public IEnumerable<(int Cut, DiskImage Image)> All() => Of(null, 0, _events.Count);

    /// <summary>The states that are possible if one flush is missing, until the next one of the same file or directory.</summary>
    public IEnumerable<(int Cut, DiskImage Image)> Without(FlushSite site)
    {
        FlushSite? next = Flushes.FirstOrDefault(f => f.At > site.At && f.Node == site.Node);
        int end = next?.At ?? _events.Count;
        return Of(site, site.At, _isComplete ? end : Math.Min(end, site.At + MaxWindow));
    }

    private IEnumerable<(int Cut, DiskImage Image)> Of(FlushSite? dropped, int from, int to)
    {
        DiskModel model = new();
        Random random = new(1);
        HashSet<(ulong, int)> seen = [];
        int turn = -1;
        for (int at = 0; at < to; at++)
        {
            DiskNode? changed = null;
            if (at != dropped?.At && _events[at] is TraceEvent.OnDisk { Call: { } call })
            {
                changed = model.Apply(call);
            }

            turn = _history.Turns.Contains(at) ? at : turn;
            if (at < from || _events[at] is TraceEvent.Sent || (!_isComplete && _history.IsRepetition(at)))
            {
                continue;
            }

            // A missing flush can only show in what it would have flushed.
            List<(DiskNode, int)> focus =
            [
                .. model.Nodes()
                    .Where(n => n.IsPending && (dropped is null ? n == changed || _flushedNodes.Contains(n.Id) : n.Id == dropped.Node))
                    .Select(n => (n, _flushedNodes.Contains(n.Id) ? int.MaxValue : MaxUnflushed)),
            ];
            foreach (DiskImage image in model.Images(focus, dropped is null ? _samples : 0, random))
            {
                if (seen.Add((image.Hash, turn)))
                {
                    yield return (at, image);
                }
            }
        }
    }
}
