using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Doctor;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Status;
using EdgeJobs.Runtime.Text;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Runtime.Tests.Text;

/// <summary>No output of the agent shows raw text of a server, a job document, a program or a certificate.</summary>
public sealed class UntrustedTextTests : IDisposable
{
    private const string Planted =
        "A\u001b[2JB\u009b31mC\u0085D\u2028E\u2029F\u202eG\u2066H\nI\rJ\tK\u0007L\u200bM\u007fN\u0000O\U000E0041P\ue000Q\u061cR";
    private const string PlantedWithHalf = Planted + "\ud800S";
    private readonly TestDirectory _data = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _errors = new() { NewLine = "\n" };

    public static TheoryData<string, string> LogEvents
    {
        get
        {
            TheoryData<string, string> events = new();
            foreach (Type log in (Type[])[typeof(AgentLog), ClientLog("ClientLog"), ClientLog("ServiceLog")])
            {
                foreach (MethodInfo method in Methods(log))
                {
                    events.Add(log.Name, method.Name);
                }
            }

            return events;
        }
    }

    private static Type ClientLog(string name) =>
        typeof(JobsClient).Assembly.GetType("EdgeJobs.Client.Logging." + name, throwOnError: true)!;

    public void Dispose()
    {
        _data.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Theory]
    [MemberData(nameof(LogEvents))]
    public void Each_event_of_the_log_is_one_safe_line(string log, string name)
    {
        Type type = log == nameof(AgentLog) ? typeof(AgentLog) : ClientLog(log);
        foreach (bool journald in (bool[])[true, false])
        {
            StderrLogger logger = new(_errors, LogLevel.Trace, journald, TimeProvider.System);
            MethodInfo method = Methods(type).Single(m => m.Name == name);
            method.Invoke(null, [.. method.GetParameters().Select(p => Argument(p.ParameterType, logger))]);
        }

        AssertSafe(_errors.ToString(), lines: 2);
    }

    [Fact]
    public void A_line_of_the_log_is_not_longer_than_journald_accepts()
    {
        StderrLogger logger = new(_errors, LogLevel.Trace, journald: true, TimeProvider.System);
        AgentLog.Fault(logger, new string('\u20ac', 100_000));
        Assert.InRange(Encoding.UTF8.GetByteCount(_errors.ToString()), 40_000, 48 * 1024);
    }

    [Fact]
    public async Task Status_shows_a_job_in_safe_lines()
    {
        JobArchive archive = new(_data["jobs"], 1000, 5, TimeProvider.System);
        StepPlan step = new() { Name = Planted, Action = new StepAction.RunCommand([Planted]) };
        StepResult broken = StepResult.NotStarted(Planted);
        using (StepArchive kept = archive.Begin(new StepContext("pump-7", "first", 1, 1, 2, step), out _)!)
        {
            Assert.Null(kept.Finish(broken));
        }

        Assert.Null(archive.Finish(new JobKey("first", 1), new Outcome(JobExecutionUpdateStatus.Failed, Planted, ValueMap<string>.Empty)));
        new CertificateStatusFile(_data.Path, NullLogger.Instance).Write(
            new CertificateFacts(Planted, Planted, Planted, Planted, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch));
        new IdentityStore(_data.Path).Save(new IdentityState.Complete("c1", "pump-7", Planted, DateTimeOffset.UnixEpoch, null));
        using (JournalFile journal = JournalFile.Open(_data.Path))
        {
            // Invalid thing names are not read.
            Assert.Null(journal.Write(new JournalEntry.Claimed(new JobKey("update", 3), 2, 0, "pump-7", "{}"u8.ToArray())));
            Assert.Null(
                journal.Write(new JournalEntry.OutcomeDecided(new Outcome(JobExecutionUpdateStatus.Failed, Planted,
                ValueMap<string>.Empty))));
        }

        Assert.Equal(0, await RunAsync("status", "--data_dir", _data.Path));
        AssertSafe(_output.ToString(), lines: 11);
        Assert.Contains("step 1/2 'A\\u001b[2JB\\u009b31mC\\u0085D\\u2028E", _output.ToString(), StringComparison.Ordinal);

        _output.GetStringBuilder().Clear();
        Assert.Equal(0, await RunAsync("status", "--data_dir", _data.Path, "--json"));
        AssertSafe(_output.ToString());
        using JsonDocument json = JsonDocument.Parse(_output.ToString());
        Assert.Equal(Planted, json.RootElement.GetProperty("jobs")[0].GetProperty("reason").GetString());
        Assert.Equal(Planted, json.RootElement.GetProperty("certificate").GetProperty("subject").GetString());
    }

    [Fact]
    public async Task A_message_about_the_command_line_is_one_safe_line()
    {
        // An argument ends at NUL.
        string planted = Planted.Replace("\0", "", StringComparison.Ordinal);
        Assert.Equal(2, await RunAsync("run", "--thing_name", planted, "--" + planted));
        Assert.Equal(2, await RunAsync(planted));
        Assert.Equal(2, await RunAsync("status", "--data_dir", "/nowhere" + planted));
        Assert.Equal(2, await RunAsync("validate", "/nowhere" + planted));
        AssertSafe(_errors.ToString(), lines: 4);
    }

    [Fact]
    public async Task Validate_shows_a_document_in_safe_lines()
    {
        await ValidateAsync(new
        {
            version = "1.0",
            conditions = new[] { new { key = "osRelease." + Planted, type = "stringEqual", value = new[] { Planted } } },
            steps = new[]
            {
                new
                {
                    action = new
                    {
                        name = Planted.Replace("\0", "", StringComparison.Ordinal),
                        type = "runHandler",
                        runAsUser = Planted.Replace("\0", "", StringComparison.Ordinal),
                        workingDirectory = "/" + Planted.Replace("\0", "", StringComparison.Ordinal),
                        environment = new Dictionary<string, string> { ["A_B"] = "c" },
                        input = new { handler = "h", args = new[] { Planted.Replace("\0", "", StringComparison.Ordinal) }, path = "/p" },
                    },
                },
            },
        });
        await ValidateAsync(new
        {
            version = "1.0",
            conditions = new[] { new { key = Planted, type = Planted, value = new[] { Planted } } },
            steps = new object[]
            {
                new { action = new { name = Planted, type = Planted, input = new { handler = Planted } } },
                new { action = new { name = "n", type = "runCommand", input = new { command = Planted + " x,y" } } },
                new
                {
                    action = new
                    {
                        name = "n",
                        type = "runCommand",
                        workingDirectory = "x" + Planted,
                        onInterruption = Planted,
                        environment = new Dictionary<string, string> { [Planted] = Planted, ["EDGEJOBS_" + Planted] = "x" },
                        input = new { command = "true" },
                    },
                },
            },
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Doctor_shows_its_findings_in_safe_lines(bool asJson)
    {
        DoctorReport report = new(_output, asJson);
        report.Add(DoctorCheck.Pass("clock", PlantedWithHalf));
        report.Add(DoctorCheck.Fail("connect", 3, PlantedWithHalf));
        report.Skip(["subscribe"], PlantedWithHalf);
        report.Skip(["list", "get"], PlantedWithHalf);
        report.Close();
        AssertSafe(_output.ToString());
        if (asJson)
        {
            using JsonDocument json = JsonDocument.Parse(_output.ToString());
            Assert.Equal(5, json.RootElement.GetProperty("checks").GetArrayLength());
        }
        else
        {
            Assert.Equal(6, _output.ToString().Split('\n', StringSplitOptions.None).Length - 1);
        }
    }

    [Fact]
    public void A_value_of_statusDetails_is_one_safe_line()
    {
        foreach (string text in (string[])[
            StatusText.Head(PlantedWithHalf), StatusText.Tail(Encoding.UTF8.GetBytes(PlantedWithHalf)),
                StatusText.Head("\u3164\u115f" + Planted, 9)])
        {
            AssertSafe(text);
            Assert.DoesNotContain('\n', text);
            Assert.True(TextRules.HasNoControls(text), text);
        }
    }

    private static MethodInfo[] Methods(Type log) => log.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly);

    private static object Argument(Type type, ILogger logger) =>
        type == typeof(ILogger) ? logger
        : type == typeof(string) ? PlantedWithHalf
        : type == typeof(JobKey) ? new JobKey(PlantedWithHalf, 2)
        : typeof(Exception).IsAssignableFrom(type) ? new InvalidOperationException(PlantedWithHalf)
        : type.IsAssignableFrom(typeof(string[])) ? new[] { PlantedWithHalf }
        : type.IsValueType ? Activator.CreateInstance(type)!
        : throw new NotSupportedException($"what a {type.Name} may hold is not known here");

    /// <summary>Every character is safe, except line feeds at the ends of lines.</summary>
    private static void AssertSafe(string text, int? lines = null)
    {
        foreach (string line in text.Split('\n'))
        {
            foreach (Rune rune in line.EnumerateRunes())
            {
                Assert.True(
                    SafeText.IsSafe(rune),
                    string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4} in: {SafeText.Of(line)}"));
            }

            Assert.DoesNotContain(line, char.IsSurrogate);
        }

        if (lines is { } count)
        {
            Assert.Equal(count, text.Split('\n').Length - 1);
        }
    }

    private async Task ValidateAsync(object document)
    {
        string file = _data["document.json"];
        await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(document));
        await RunAsync("validate", file);
        Assert.NotEqual("", _output.ToString());
        Assert.Equal("", _errors.ToString());
        AssertSafe(_output.ToString());
        Assert.All(
            _output.ToString().TrimEnd('\n').Split('\n'),
            line => Assert.True(line.StartsWith(file, StringComparison.Ordinal) || line[0] == ' ' || line[0] is 'A' or 'O' or 'T', line));
        _output.GetStringBuilder().Clear();
    }

    private Task<int> RunAsync(params string[] words) => EdgeJobsAgent.CreateBuilder(words).RunAsync("edgejobs", _output, _errors);
}
