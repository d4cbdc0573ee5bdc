using System.Globalization;
using System.Text;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Updates;

/// <summary>Which version of the slots the packaged program starts.</summary>
internal sealed record SlotState
{
    /// <summary>
    /// The packaged program decides by this file, and may be years older than the version that has written it: fields may only be added,
    /// at the end.
    /// </summary>
    private const string Format = "edgejobs slots 1";

    private const char Separator = '\0';

    /// <summary>The version that has reported to the service; empty for none.</summary>
    public string Confirmed { get; init; } = string.Empty;

    /// <summary>How often <see cref="Confirmed"/> has started since it last reported to the service.</summary>
    public int Starts { get; init; }

    /// <summary>The update that is not over; null if there is none.</summary>
    public SlotUpdate? Update { get; init; }

    /// <summary>Reads the content of the state file; null if it can't be used.</summary>
    public static SlotState? Parse(ReadOnlySpan<byte> bytes)
    {
        if (Encoding.UTF8.GetString(bytes).Split(Separator) is not
            [Format, var confirmed, var starts, var version, var job, var execution, var step, var seconds, var phase, var reason, ..]
            || (confirmed.Length > 0 && AgentVersion.Order(confirmed) < 0)
            || !TryParse(starts, out int count))
        {
            return null;
        }

        SlotState state = new() { Confirmed = confirmed, Starts = count };
        return version.Length == 0 ? state
            : AgentVersion.Order(version) >= 0
                && long.TryParse(execution, NumberStyles.None, CultureInfo.InvariantCulture, out long executionNumber)
                && TryParse(step, out int number)
                && TryParse(seconds, out int confirmSeconds)
                && TryParse(phase, out int phaseNumber)
                && phaseNumber <= (int)SlotPhase.Failed
            ? state with
            {
                Update = new SlotUpdate(version, job, executionNumber, number, confirmSeconds)
                {
                    Phase = (SlotPhase)phaseNumber,
                    Reason = reason,
                },
            }
            : null;
    }

    /// <summary>The content of the state file.</summary>
    public byte[] ToBytes()
    {
        SlotUpdate update = Update ?? new(string.Empty, string.Empty, 0, 0, 0);
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Format}\0{Confirmed}\0{Starts}\0{update.Version}\0{update.JobId}\0{update.ExecutionNumber}\0{update.Step}\0"
                + $"{update.ConfirmSeconds}\0{(int)update.Phase}\0{update.Reason}\0");
        return Encoding.UTF8.GetBytes(text);
    }

    private static bool TryParse(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
