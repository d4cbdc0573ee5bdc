using System.Diagnostics;
using System.Globalization;
using EdgeJobs.Footprint;
using EdgeJobs.Testing;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Options options;
try
{
    options = Options.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

string binary = options.Binary ?? Publish();
await using Scene scene = await Scene.StartAsync();
Measurement measurement = new(scene, options);
List<Result> results = [];
foreach (Subject subject in (IEnumerable<Subject>)[Subject.Agent("edgejobs", binary), .. options.Others])
{
    Console.Error.WriteLine($"measuring {subject.Name}");
    subject.Flush();
    results.Add(await measurement.TakeAsync(subject));
}

if (options.Allocations && options.Jobs > 0)
{
    Console.Error.WriteLine("counting the allocations of a job");
    await new AllocationMeter(scene, options).TakeAsync(results[0].Values);
}

if (options.Hours > 0)
{
    Console.Error.WriteLine($"leaving it alone for {options.Hours} h of a fast clock");
    await new AllocationMeter(scene, options).IdleAsync(results[0].Values);
}

string? download = null;
if (options.Download > 0)
{
    Console.Error.WriteLine($"downloading {options.Download} MB");
    download = await new DownloadMeter(scene, Subject.Agent("edgejobs", binary)).TakeAsync(options.Download);
}

Console.WriteLine($"{Report.Machine}; {options.Jobs} jobs, {options.Idle.TotalSeconds} s idle, {options.Starts} starts\n");
Console.WriteLine(Report.Table(results));
Console.WriteLine();
Console.WriteLine(Figures.Meaning);
if (download is not null)
{
    Console.WriteLine($"\n{download}");
}

if (options.Json is { } json)
{
    Report.Write(json, results, options);
}

if (options.Compare is { } baseline)
{
    Console.WriteLine();
    return Baseline.Compare(baseline, results[0], Console.Out) ? 0 : 1;
}

return 0;

static string Publish()
{
    Console.Error.WriteLine("publishing the agent for linux-x64");
    using Process publish = Process.Start(Repository.PathOf("publish-arm64.sh"), ["--rid", "linux-x64"]);
    publish.WaitForExit();
    return publish.ExitCode == 0
        ? Repository.PathOf("artifacts", "linux-x64", "edgejobs")
        : throw new InvalidOperationException("publishing failed");
}
