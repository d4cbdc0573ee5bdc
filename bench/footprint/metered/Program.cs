using System.Globalization;
using System.Runtime.InteropServices;
using EdgeJobs.Footprint.Metered;
using EdgeJobs.Runtime;

// The agent, with a meter of its allocations: at each SIGUSR1 a line is added to the file that the first argument names. Its
// clock runs as many times as fast as the second says.
const PosixSignal User1 = (PosixSignal)10;
string file = args[0];
using PosixSignalRegistration meter = PosixSignalRegistration.Create(User1, context =>
{
    context.Cancel = true;
    long bytes = GC.GetTotalAllocatedBytes(precise: true);
    string line = string.Create(
        CultureInfo.InvariantCulture,
        $"{bytes} {GC.CollectionCount(0)} {GC.CollectionCount(1)} {GC.CollectionCount(2)}\n");
    File.AppendAllText(file, line);
});
EdgeJobsAgentBuilder builder = EdgeJobsAgent.CreateBuilder(args[2..]);
if (int.Parse(args[1], CultureInfo.InvariantCulture) is not 1 and var speed)
{
    builder.Time = new HurriedTime(speed);
}

return await builder.RunAsync().ConfigureAwait(false);
