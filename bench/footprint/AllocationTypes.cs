using System.Diagnostics.Tracing;
using EdgeJobs.Testing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Etlx;
using Microsoft.Diagnostics.Tracing.Parsers;
using Microsoft.Diagnostics.Tracing.Parsers.Clr;

namespace EdgeJobs.Footprint;

/// <summary>
/// Where allocations come from: the runtime tells of one in each 100 KB, with its type and the stack. A sample belongs to the
/// first assembly on its stack, seen from the allocation, that is not .NET's own.
/// </summary>
internal sealed class AllocationTypes : IDisposable
{
    private const string Rest = ".NET by itself";
    private const int Shown = 40;

    private readonly TestDirectory _directory = new();
    private readonly EventPipeSession _session;
    private readonly Task _copy;

    private AllocationTypes(EventPipeSession session)
    {
        _session = session;
        _copy = CopyAsync();
    }

    private string TraceFile => _directory["allocations.nettrace"];

    /// <summary>Starts to trace a process that runs with the JIT.</summary>
    public static async Task<AllocationTypes> StartAsync(int processId)
    {
        EventPipeProvider[] providers =
        [
            new(
                ClrTraceEventParser.ProviderName,
                EventLevel.Verbose,
                (long)(ClrTraceEventParser.Keywords.GC | ClrTraceEventParser.Keywords.Jit | ClrTraceEventParser.Keywords.Loader)),
        ];
        return new AllocationTypes(
            await new DiagnosticsClient(processId)
                .StartEventPipeSessionAsync(providers, requestRundown: true, circularBufferMB: 64, CancellationToken.None));
    }

    /// <summary>Ends listening.</summary>
    public async Task StopAsync()
    {
        await _session.StopAsync(CancellationToken.None);
        await _copy;
    }

    /// <summary>Prints the allocations by assembly and type.</summary>
    public void Print(int jobs)
    {
        using TraceLog log = new(TraceLog.CreateFromEventPipeDataFile(TraceFile));
        Dictionary<string, double> owners = [];
        Dictionary<string, double> types = [];
        Dictionary<string, double> places = [];
        int samples = 0;
        foreach (TraceEvent happened in log.Events)
        {
            if (happened is not GCAllocationTickTraceData tick)
            {
                continue;
            }

            (string owner, string place) = Owner(tick);
            samples++;
            Add(owners, owner, tick.AllocationAmount64);
            Add(types, $"{owner,-18} {tick.TypeName}", tick.AllocationAmount64);
            Add(places, $"{owner,-18} {place}", tick.AllocationAmount64);
        }

        Console.WriteLine($"{samples} samples over {jobs} jobs; bytes per job by the first assembly on the stack that is not .NET's own:");
        Show(owners, jobs);
        Console.WriteLine("\nby type:");
        Show(types, jobs);
        Console.WriteLine("\nby method:");
        Show(places, jobs);
        Console.WriteLine();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _directory.Dispose();
    }

    private static (string Owner, string Place) Owner(GCAllocationTickTraceData tick)
    {
        string leaf = "";
        for (TraceCallStack? frame = tick.CallStack(); frame is not null; frame = frame.Caller)
        {
            string module = frame.CodeAddress.ModuleName;
            string method = frame.CodeAddress.FullMethodName;
            if (leaf.Length == 0 && method.Length > 0)
            {
                leaf = method;
            }

            if (module.StartsWith("EdgeJobs", StringComparison.OrdinalIgnoreCase)
                || module.StartsWith("MQTTnet", StringComparison.Ordinal))
            {
                return (module, method);
            }
        }

        return (Rest, leaf);
    }

    private static void Add(Dictionary<string, double> sums, string key, double amount) => sums[key] = sums.GetValueOrDefault(key) + amount;

    private static void Show(Dictionary<string, double> sums, int jobs)
    {
        foreach ((string key, double amount) in sums.OrderByDescending(sum => sum.Value).Take(Shown))
        {
            Console.WriteLine($"{amount / jobs,10:N0} {key}");
        }
    }

    private async Task CopyAsync()
    {
        await using FileStream file = File.Create(TraceFile);
        await _session.EventStream.CopyToAsync(file);
    }
}
