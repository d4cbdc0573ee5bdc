using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using EdgeJobs.Fuzz;
using EdgeJobs.Fuzz.Specs;

// dotnet run -c Release --project bench/EdgeJobs.Fuzz -- [--inputs N | --specs N] [--seed N] [--from N] [--threads N]
const string Usage = "usage: [--inputs N (default 10000000) | --specs N] [--seed N (default: random)] [--from N (default 0)]"
    + " [--threads N (default: one for each processor)]";
Dictionary<string, long> options = new(StringComparer.Ordinal)
{
    ["--inputs"] = 10_000_000,
    ["--specs"] = 0,
    ["--seed"] = Random.Shared.Next(),
    ["--from"] = 0,
    ["--threads"] = Environment.ProcessorCount,
};
string? progressFile = args is ["--worker", ..] ? args[1] : null;
string[] rest = progressFile is null ? args : args[2..];
for (int i = 0; i < rest.Length; i += 2)
{
    if (!options.ContainsKey(rest[i]) || i + 1 == rest.Length
        || !long.TryParse(rest[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long value))
    {
        Console.Error.WriteLine(Usage);
        return 2;
    }

    options[rest[i]] = value;
}

bool areSpecs = options["--specs"] > 0;
options["--inputs"] = areSpecs ? options["--specs"] : options["--inputs"];
(long inputs, ulong seed, long from, int threads) = (
    options["--inputs"],
    (ulong)options["--seed"],
    options["--from"],
    (int)Math.Clamp(options["--threads"], 1, 64));
threads = (int)Math.Min(threads, Math.Max(inputs, 1));
return progressFile is null ? Supervise() : Work(progressFile);

// A read beyond an input kills the process, so a second process reports it.
int Supervise()
{
    string file = Path.GetTempFileName();
    try
    {
        File.WriteAllBytes(file, new byte[threads * sizeof(long)]);
        using Process worker = Process.Start(
            Environment.ProcessPath!,
            ["--worker", file, .. options.SelectMany(o => new[] { o.Key, o.Value.ToString(CultureInfo.InvariantCulture) })]);
        worker.WaitForExit();
        if (worker.ExitCode is 0 or 1)
        {
            return worker.ExitCode;
        }

        Console.Error.WriteLine(
            $"FAILED: the process ended with code {worker.ExitCode} (134 or 139: it touched memory beyond an input). It was at:");
        using IFuzzInputs run = Open(areSpecs ? null : Corpus.Load());
        byte[] at = File.ReadAllBytes(file);
        for (int i = 0; i < threads; i++)
        {
            Console.Error.WriteLine(run.Describe(BitConverter.ToInt64(at, i * sizeof(long))));
        }

        return 1;
    }
    finally
    {
        File.Delete(file);
    }
}

int Work(string progress)
{
    using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(progress);
    using MemoryMappedViewAccessor slots = map.CreateViewAccessor();
    Corpus? corpus = areSpecs ? null : Corpus.Load();
    IFuzzInputs[] runs = [.. Enumerable.Range(0, threads).Select(_ => Open(corpus))];
    string what = areSpecs ? "specs" : "inputs";
    string? failure = null;
    long next = from;
    long done = 0;
    Stopwatch watch = Stopwatch.StartNew();
    string codecs = runs[0] is FuzzRun first ? $"{first.Codecs} codecs (view and model), " : "";
    Console.WriteLine($"seed {seed}: {inputs:N0} {what} from {from}, {codecs}{threads} threads");
    Thread[] workers = [.. runs.Select((run, slot) => new Thread(() =>
    {
        // The next free worker takes the next input: payloads take longer than topics.
        for (long input; (input = Interlocked.Increment(ref next) - 1) < from + inputs && Volatile.Read(ref failure) is null;)
        {
            slots.Write(slot * sizeof(long), input);
            if (run.Run(input) is { } wrong)
            {
                Interlocked.CompareExchange(ref failure, wrong, null);
                return;
            }

            long count = Interlocked.Increment(ref done);
            if (count % (areSpecs ? 1_000 : 1_000_000) == 0)
            {
                Console.WriteLine($"{count,14:N0} {what}, {count / watch.Elapsed.TotalSeconds,10:N0} each second");
            }
        }
    }))];
    Array.ForEach(workers, w => w.Start());
    Array.ForEach(workers, w => w.Join());
    Console.WriteLine(
        $"seed {seed}: {done:N0} {what} in {watch.Elapsed.TotalSeconds:N0} s ({done / watch.Elapsed.TotalSeconds:N0} each second): "
            + Summary(runs));
    if (failure is not null)
    {
        Console.Error.WriteLine("FAILED: " + failure);
        return 1;
    }

    Console.WriteLine("no failure");
    return 0;
}

IFuzzInputs Open(Corpus? corpus) => corpus is null ? new SpecInputs(seed) : new FuzzRun(seed, corpus);

static string Summary(IFuzzInputs[] runs)
{
    FuzzRun[] codecs = [.. runs.OfType<FuzzRun>()];
    SpecInputs[] specs = [.. runs.OfType<SpecInputs>()];
    return specs.Length > 0
        ? $"{specs.Sum(s => s.Compiled):N0} gave code that compiles, and {specs.Sum(s => s.Refused):N0} a diagnostic"
        : $"{codecs.Sum(r => r.Payloads):N0} payloads, of which {codecs.Sum(r => r.Read):N0} were read as a message of some type, "
            + $"and {codecs.Sum(r => r.Topics):N0} topics";
}
