using System.Globalization;
using EdgeJobs.LocalCloud.Commands;

namespace EdgeJobs.LocalCloud.Demo;

/// <summary>Prints the demo's progress.</summary>
internal sealed class DemoReport(TextWriter output, Style style, TimeProvider clock)
{
    private static readonly int NameWidth = DemoJob.All.Max(job => job.JobId.Length);
    private readonly long _start = clock.GetTimestamp();
    private int _section;

    public TimeSpan Elapsed => clock.GetElapsedTime(_start);

    public void Title() => output.Write($"\n{style.Bold("EdgeJobs: a cloud, a board and three jobs, all on this machine")}\n");

    public void Section(string title) => output.Write($"\n{style.Bold($"{++_section}. {title}")}\n");

    public void Line(string text) => output.Write($"   {text}\n");

    public void DimLine(string text) => output.Write($"   {style.Dim(text)}\n");

    public void Command(string text) => output.Write($"   {style.Dim("$")} {text}\n");

    /// <summary>Lists the jobs.</summary>
    public void JobList(IReadOnlyList<DemoJob> jobs)
    {
        foreach (DemoJob job in jobs)
        {
            Line($"{job.JobId.PadRight(NameWidth)}  {job.Description}");
        }

        output.Write('\n');
    }

    /// <summary>Prints a change of an execution.</summary>
    /// <param name="note">Additional information; may be empty.</param>
    public void Status(string jobId, string status, string note)
    {
        string time = Seconds(Elapsed).PadLeft(8);
        string end = note.Length == 0 ? string.Empty : $"  {style.Dim(Cut(note, 72))}";
        output.Write(
            $"   {style.Dim(time)}  {jobId.PadRight(NameWidth)}  {style.Status(note.Length == 0 ? status : status.PadRight(11))}{end}\n");
    }

    /// <summary>Prints the table of outcomes, and the status details of each job.</summary>
    /// <returns>Whether every job ended as expected.</returns>
    public bool Outcomes(IReadOnlyList<DemoOutcome> outcomes)
    {
        output.Write($"   {"JOB".PadRight(NameWidth)}  {"EXPECTED",-10}  {"STATUS",-11}  {"TIME",8}\n");
        bool allExpected = true;
        foreach (DemoOutcome outcome in outcomes)
        {
            bool succeeded = outcome.IsExpected;
            allExpected &= succeeded;
            string verdict = succeeded ? style.Success("as expected") : style.Failure("NOT as expected");
            output.Write(
                $"   {outcome.Job.JobId.PadRight(NameWidth)}  {outcome.Job.Expected,-10}  {style.Status(outcome.Status.PadRight(11))}  "
                + $"{Took(outcome),8}  {verdict}\n");
        }

        foreach (DemoOutcome outcome in outcomes)
        {
            output.Write($"\n   {style.Bold(outcome.Job.JobId)} reported:\n");
            foreach ((string name, string value) in outcome.Details)
            {
                output.Write($"     {name}: {value}\n");
            }

            if (outcome.Details.Count == 0)
            {
                output.Write("     nothing\n");
            }
        }

        return allExpected;
    }

    public void Error(string what) => output.Write($"\n   {style.Failure($"Error: {what}.")}\n");

    public void Summary(bool succeeded) => output.Write(succeeded
        ? $"\n{style.Success($"All three jobs ended as expected, {Seconds(Elapsed)} after the start.")}\n"
        : $"\n{style.Failure("The demo failed: the jobs did not end as expected.")}\n");

    /// <summary>Prints commands to try next, with paths relative to the working directory.</summary>
    public void NextSteps(string cloud, string agent)
    {
        output.Write($"\n{style.Bold("Next steps")}\n");
        Line("Run a cloud in one terminal:");
        Command($"{cloud} serve");
        Line("Create a thing and run its agent in a second terminal:");
        Command($"{cloud} thing create my-board --out certs");
        Command(
            $"{agent} run --endpoint localhost --thing_name my-board --cert certs/my-board.pem --key certs/my-board.key --ca_file "
            + "certs/ca.pem");
        Line("Send it a job from a third terminal, with this tool or with the AWS CLI:");
        Command(
            """echo '{"version":"1.0","includeStdOut":true,"steps":[{"action":{"name":"Hi","type":"runCommand","input":"""
            + """{"command":"date"}}}]}' > job.json""");
        Command($"{cloud} job create first --document job.json --target my-board");
        Command($"{cloud} job show first");
        Command(
            $"AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws --endpoint-url http://127.0.0.1:{CloudAddress.DefaultHttpPort} "
            + "--region us-east-1 iot describe-job-execution --job-id first --thing-name my-board");
    }

    public void AgentLog(IReadOnlyList<string> lines)
    {
        output.Write("\n   The last lines of the agent's log:\n");
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
/// <param name="Status">The last known status.</param>
/// <param name="Took">From its start to its end; null if it hasn't started or ended.</param>
internal sealed record DemoOutcome(DemoJob Job, string Status, TimeSpan? Took, IReadOnlyDictionary<string, string> Details)
{
    public bool IsExpected =>
        Status == Job.Expected && Details.Values.Any(value => value.Contains(Job.ExpectedDetail, StringComparison.Ordinal));
}
