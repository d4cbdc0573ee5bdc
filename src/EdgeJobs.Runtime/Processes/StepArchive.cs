using System.Globalization;
using System.Text.Json;
using EdgeJobs.Runtime.Logging;

namespace EdgeJobs.Runtime.Processes;

/// <summary>What is kept of one step: the output in <c>N.stdout</c> and <c>N.stderr</c>, and <c>N.json</c>, which says what it was and how it ended.</summary>
internal sealed class StepArchive : IDisposable
{
    private readonly string _directory;
    private readonly StepContext _step;
    private readonly string _number;
    private readonly DateTimeOffset _startedAt;

    /// <summary>Begins with a step.</summary>
    /// <param name="directory">The directory of its job.</param>
    /// <param name="step">The step.</param>
    /// <param name="maxBytes">How long each file of output may become.</param>
    /// <param name="startedAt">The time of day.</param>
    public StepArchive(string directory, StepContext step, long maxBytes, DateTimeOffset startedAt)
    {
        _directory = directory;
        _step = step;
        _startedAt = startedAt;
        _number = step.Number.ToString(CultureInfo.InvariantCulture);

        // An attempt before this one, if any, is replaced.
        foreach (string suffix in (string[])["stdout", "stderr", "stdout" + OutputFile.TailSuffix, "stderr" + OutputFile.TailSuffix])
        {
            File.Delete(Path.Combine(directory, $"{_number}.{suffix}"));
        }

        Out = new OutputFile(Path.Combine(directory, $"{_number}.stdout"), maxBytes);
        Err = new OutputFile(Path.Combine(directory, $"{_number}.stderr"), maxBytes);
        Write(null);
    }

    /// <summary>Its stdout.</summary>
    public OutputFile Out { get; }

    /// <summary>Its stderr.</summary>
    public OutputFile Err { get; }

    /// <summary>Keeps how it ended.</summary>
    /// <returns>Why something of it is not kept; null when all is.</returns>
    public string? Finish(StepResult result)
    {
        Out.Finish();
        Err.Finish();
        try
        {
            Write(result);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message.ReplaceLineEndings(" ");
        }

        return Out.Fault ?? Err.Fault;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Out.Dispose();
        Err.Dispose();
    }

    private void Write(StepResult? result) => JobArchive.Replace(Path.Combine(_directory, $"{_number}.json"), writer =>
    {
        writer.WriteNumber("step", _step.Number);
        writer.WriteNumber("of", _step.Count);
        writer.WriteString("name", Redaction.Of(_step.Step.Name));
        writer.WriteString("action", Redaction.Of(_step.Step.Action.Describe()));
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
        Write(writer, "stdout", Out);
        Write(writer, "stderr", Err);
    });

    private static void Write(Utf8JsonWriter writer, string name, OutputFile file)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("bytes", file.Total);
        writer.WriteNumber("leftOut", file.Dropped);
        if (file.Fault is { } fault)
        {
            writer.WriteString("fault", fault);
        }

        writer.WriteEndObject();
    }
}
