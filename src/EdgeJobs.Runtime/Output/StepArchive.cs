using System.Globalization;
using System.Text.Json;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Output;

/// <summary>
/// Saves one step: its output in <c>N.stdout</c> and <c>N.stderr</c>, its description and result in the record of its job.
/// </summary>
internal sealed class StepArchive : IDisposable
{
    private static readonly string[] FirstNames = ["1.stdout", "1.stderr"];
    private readonly JobArchive _archive;
    private readonly StepContext _step;
    private readonly string _action;
    private readonly DateTimeOffset _startedAt;
    private OutputFile? _out;
    private OutputFile? _err;

    /// <param name="archive">The archive.</param>
    /// <param name="directory">The directory of the job.</param>
    /// <param name="step">The step.</param>
    /// <param name="startedAt">The time of day.</param>
    /// <param name="isNew">Whether the directory is new, and empty.</param>
    /// <exception cref="IOException">The files can't be written.</exception>
    public StepArchive(JobArchive archive, string directory, StepContext step, DateTimeOffset startedAt, bool isNew)
    {
        _archive = archive;
        Directory = directory;
        _step = step;
        _startedAt = startedAt;
        _action = Redaction.Of(step.Step.Action.Describe());
        if (!isNew)
        {
            // Replace an earlier attempt.
            OutputFile.Delete(directory, NameOf(0, "stdout"));
            OutputFile.Delete(directory, NameOf(1, "stderr"));
        }

        archive.Save(this, null);
    }

    public string Directory { get; }

    public void AppendOut(ReadOnlySpan<byte> bytes) => Append(ref _out, 0, "stdout", bytes);

    public void AppendErr(ReadOnlySpan<byte> bytes) => Append(ref _err, 1, "stderr", bytes);

    /// <summary>Saves the result.</summary>
    /// <returns>Why not all of the step is saved; null when it is.</returns>
    public string? Finish(StepResult result)
    {
        _out?.Finish();
        _err?.Finish();
        try
        {
            _archive.Save(this, result);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message.ReplaceLineEndings(" ");
        }

        return _out?.Fault ?? _err?.Fault;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _out?.Dispose();
        _err?.Dispose();
    }

    /// <summary>Writes the description, and the result if there is one.</summary>
    public void WriteTo(Utf8JsonWriter writer, StepResult? result)
    {
        writer.WriteNumber("step", _step.Number);
        writer.WriteNumber("of", _step.Count);
        writer.WriteString("name", Redaction.Of(_step.Step.Name));
        writer.WriteString("action", _action);
        if (_step.Step.RunAsUser is { } user)
        {
            writer.WriteString("runAsUser", user);
        }

        writer.WriteString("startedAt", _startedAt);
        if (result is null)
        {
            return;
        }

        writer.WriteString("end", result.End switch { StepEnd.Exited => "exited", StepEnd.Signaled => "signaled", _ => "notStarted" });
        writer.WriteString("description", Redaction.Of(result.Describe()));
        if (result.End == StepEnd.Exited)
        {
            writer.WriteNumber("exitCode", result.Code);
        }
        else if (result.End == StepEnd.Signaled)
        {
            writer.WriteString("signal", SignalName.Of(result.Code));
        }

        writer.WriteNumber("durationSeconds", Math.Round(result.Duration.TotalSeconds, 3));
        if (result.TimedOutAfter is { } limit)
        {
            writer.WriteNumber("timedOutAfterSeconds", limit.TotalSeconds);
        }

        writer.WriteBoolean("canceled", result.WasCanceled);
        Write(writer, "stdout", _out);
        Write(writer, "stderr", _err);
    }

    private string NameOf(int kind, string suffix) =>
        _step.Number == 1 ? FirstNames[kind] : string.Create(CultureInfo.InvariantCulture, $"{_step.Number}.{suffix}");

    private void Append(ref OutputFile? file, int kind, string suffix, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
        {
            (file ??= new OutputFile(Directory, NameOf(kind, suffix), _archive.MaxOutputBytes)).Append(bytes);
        }
    }

    private static void Write(Utf8JsonWriter writer, string name, OutputFile? file)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("bytes", file?.Total ?? 0);
        writer.WriteNumber("leftOut", file?.Dropped ?? 0);
        if (file?.Fault is { } fault)
        {
            writer.WriteString("fault", fault);
        }

        writer.WriteEndObject();
    }
}
