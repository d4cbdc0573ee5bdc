using System.Globalization;
using EdgeJobs.LocalCloud.Commands;

namespace EdgeJobs.LocalCloud.Demo;

/// <summary>What the demo tells its reader, as it happens.</summary>
internal sealed class DemoReport(TextWriter output, Style style, TimeProvider clock)
{
    private static readonly int NameWidth = DemoJob.All.Max(job => job.JobId.Length);
    private readonly long _start = clock.GetTimestamp();
    private int _chapter;

    /// <summary>The time since the report began.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(_start);

    /// <summary>The title.</summary>
    public void Title() => output.Write($"\n{style.Bold("EdgeJobs: a cloud, a board and three jobs, all on this machine")}\n");

    /// <summary>Opens the next part of the story.</summary>
    public void Chapter(string title) => output.Write($"\n{style.Bold($"{++_chapter}. {title}")}\n");

    /// <summary>A line of the story.</summary>
    public void Line(string text) => output.Write($"   {text}\n");

    /// <summary>A line beside the story.</summary>
    public void Aside(string text) => output.Write($"   {style.Faint(text)}\n");

    /// <summary>A command as it could be typed.</summary>
    public void Command(string text) => output.Write($"   {style.Faint("$")} {text}\n");

    /// <summary>Says what the jobs are.</summary>
    public void Announce(IReadOnlyList<DemoJob> jobs)
    {
        foreach (DemoJob job in jobs)
        {
            Line($"{job.JobId.PadRight(NameWidth)}  {job.Story}");
        }

        output.Write('\n');
    }

    /// <summary>Says that an execution has changed.</summary>
    /// <param name="jobId">Whose execution.</param>
    /// <param name="status">Its new status.</param>
    /// <param name="note">What else there is to say; may be empty.</param>
    public void Status(string jobId, string status, string note)
    {
        string time = Seconds(Elapsed).PadLeft(8);
        string end = note.Length == 0 ? string.Empty : $"  {style.Faint(Cut(note, 72))}";
        output.Write($"   {style.Faint(time)}  {jobId.PadRight(NameWidth)}  {style.Status(note.Length == 0 ? status : status.PadRight(11))}{end}\n");
    }

    /// <summary>The table at the end, and what each job told.</summary>
    /// <returns>Whether every job ended as it should.</returns>
    public bool Outcomes(IReadOnlyList<DemoOutcome> outcomes)
    {
        output.Write($"   {"JOB".PadRight(NameWidth)}  {"SHOULD END",-10}  {"ENDED",-11}  {"TOOK",8}\n");
        bool allGood = true;
        foreach (DemoOutcome outcome in outcomes)
        {
            bool good = outcome.IsAsItShould;
            allGood &= good;
            string verdict = good ? style.Good("as it should") : style.Bad("NOT as it should");
            output.Write($"   {outcome.Job.JobId.PadRight(NameWidth)}  {outcome.Job.Expected,-10}  {style.Status(outcome.Status.PadRight(11))}  {Took(outcome),8}  {verdict}\n");
        }

        foreach (DemoOutcome outcome in outcomes)
        {
            output.Write($"\n   {style.Bold(outcome.Job.JobId)} told the cloud:\n");
            foreach ((string name, string value) in outcome.Details)
            {
                output.Write($"     {name}: {value}\n");
            }

            if (outcome.Details.Count == 0)
            {
                output.Write("     nothing\n");
            }
        }

        return allGood;
    }

    /// <summary>Says what went wrong.</summary>
    public void Trouble(string what) => output.Write($"\n   {style.Bad($"Trouble: {what}.")}\n");

    /// <summary>The last word.</summary>
    public void Verdict(bool good) => output.Write(good
        ? $"\n{style.Good($"All three jobs ended as they should, {Seconds(Elapsed)} after the start.")}\n"
        : $"\n{style.Bad("The demo did not go as it should.")}\n");

    /// <summary>What to do with it now: commands that work from where the reader is.</summary>
    /// <param name="cloud">How to call this program.</param>
    /// <param name="agent">How to call the agent.</param>
    public void Next(string cloud, string agent)
    {
        output.Write($"\n{style.Bold("What to try next")}\n");
        Line("A cloud that stays, in a terminal of its own:");
        Command($"{cloud} serve");
        Line("A thing with its certificate, and an agent that waits for jobs, in a second one:");
        Command($"{cloud} thing create my-board --out certs");
        Command($"{agent} run --endpoint localhost --thing_name my-board --cert certs/my-board.pem --key certs/my-board.key --ca_file certs/ca.pem");
        Line("Jobs for it, in a third one, with this tool or with AWS's own:");
        Command("""echo '{"version":"1.0","includeStdOut":true,"steps":[{"action":{"name":"Hi","type":"runCommand","input":{"command":"date"}}}]}' > job.json""");
        Command($"{cloud} job create first --document job.json --target my-board");
        Command($"{cloud} job show first");
        Command($"AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws --endpoint-url http://127.0.0.1:{CloudAddress.DefaultHttpPort} --region us-east-1 iot describe-job-execution --job-id first --thing-name my-board");
    }

    /// <summary>The log of the agent, for a reader who has to find out what went wrong.</summary>
    public void AgentLog(IReadOnlyList<string> lines)
    {
        output.Write("\n   The end of the agent's log:\n");
        foreach (string line in lines)
        {
            output.Write($"   | {line}\n");
        }

        if (lines.Count == 0)
        {
            output.Write("   | (empty)\n");
        }
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.00 's'", CultureInfo.InvariantCulture);

    private static string Took(DemoOutcome outcome) => outcome.Took is { } took ? Seconds(took) : "-";

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}

/// <summary>How a job of the demo ended.</summary>
/// <param name="Job">The job.</param>
/// <param name="Status">The last status seen.</param>
/// <param name="Took">From its start to its end; null when it wasn't started or hasn't ended.</param>
/// <param name="Details">What the device told.</param>
internal sealed record DemoOutcome(DemoJob Job, string Status, TimeSpan? Took, IReadOnlyDictionary<string, string> Details)
{
    /// <summary>Whether the status is the expected one and the details hold the proof.</summary>
    public bool IsAsItShould => Status == Job.Expected && Details.Values.Any(value => value.Contains(Job.Proof, StringComparison.Ordinal));
}
