using System.Globalization;
using System.Runtime.InteropServices;
using EdgeJobs.Runtime;

// The agent, with a meter of its allocations: at each SIGUSR1 a line is added to the file that the first argument names.
const PosixSignal User1 = (PosixSignal)10;
string file = args[0];
using PosixSignalRegistration meter = PosixSignalRegistration.Create(User1, context =>
{
    context.Cancel = true;
    long bytes = GC.GetTotalAllocatedBytes(precise: true);
    string line = string.Create(CultureInfo.InvariantCulture, $"{bytes} {GC.CollectionCount(0)} {GC.CollectionCount(1)} {GC.CollectionCount(2)}\n");
    File.AppendAllText(file, line);
});
return await EdgeJobsAgent.CreateBuilder(args[1..]).RunAsync().ConfigureAwait(false);
