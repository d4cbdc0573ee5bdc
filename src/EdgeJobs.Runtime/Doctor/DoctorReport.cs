using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>The results of the checks in order. Text is printed check by check, because a check may take until its time-out.</summary>
/// <param name="output">The output.</param>
/// <param name="asJson">Whether to print one JSON object at the end instead.</param>
internal sealed class DoctorReport(TextWriter output, bool asJson)
{
    private const int NameWidth = 15;
    private readonly List<DoctorCheck> _checks = [];

    public IReadOnlyList<DoctorCheck> Checks => _checks;

    /// <summary>The code that <c>edgejobs run</c> would probably exit with: that of the first fault.</summary>
    public int ExitCode => _checks.Find(c => c.Outcome == CheckOutcome.Failed)?.ExitCode ?? Runtime.ExitCode.Done;

    public void Add(DoctorCheck check)
    {
        check = check with { Message = Safe(check.Message) };
        _checks.Add(check);
        if (!asJson)
        {
            Print(check.Outcome, check.Name, check.Message);
        }
    }

    /// <summary>Adds checks that are skipped for one reason: one line of text.</summary>
    public void Skip(IReadOnlyList<string> names, string why)
    {
        why = Safe(why);
        foreach (string name in names)
        {
            _checks.Add(DoctorCheck.Skip(name, why));
        }

        if (!asJson && names.Count > 0)
        {
            Print(CheckOutcome.Skipped, names[0], names.Count == 1 ? why : $"and {string.Join(", ", names.From(1))}: {why}");
        }
    }

    public void Close()
    {
        if (asJson)
        {
            output.WriteLine(ToJson());
            return;
        }

        int faults = _checks.FindAll(c => c.Outcome == CheckOutcome.Failed).Count;
        int warnings = _checks.FindAll(c => c.Outcome == CheckOutcome.Warning).Count;
        output.WriteLine();
        output.WriteLine(
            (faults, warnings) switch
            {
                (0, 0) => "all checks passed",
                (0, _) => $"no faults, {Count(warnings, "warning")}",
                _ => $"{Count(faults, "fault")}, {Count(warnings, "warning")}; fix the first one first: "
                    + _checks.Find(c => c.Outcome == CheckOutcome.Failed)!.Name,
            });
    }

    private void Print(CheckOutcome outcome, string name, string message)
    {
        output.WriteLine($"{Word(outcome),-5} {name.PadRight(NameWidth)} {message}");
        output.Flush();
    }

    private static string Safe(string message) => SafeText.Of(Redaction.Of(message));

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private static string Word(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Passed => "ok",
        CheckOutcome.Warning => "warn",
        CheckOutcome.Failed => "FAIL",
        _ => "skip",
    };

    private string ToJson()
    {
        ArrayBufferWriter<byte> buffer = new();
        JsonWriterOptions options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter writer = new(buffer, options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("exitCode", ExitCode);
            writer.WriteStartArray("checks");
            foreach (DoctorCheck check in _checks)
            {
                writer.WriteStartObject();
                writer.WriteString("name", check.Name);
                writer.WriteString("outcome", check.Outcome switch
                {
                    CheckOutcome.Passed => "passed",
                    CheckOutcome.Warning => "warning",
                    CheckOutcome.Failed => "failed",
                    _ => "skipped",
                });
                writer.WriteString("message", check.Message);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
