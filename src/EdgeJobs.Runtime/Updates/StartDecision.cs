using System.Globalization;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Updates;

/// <summary>What the packaged program does when it starts: it runs itself, or a version of a slot. A pure function.</summary>
/// <param name="Version">The version to run; null for the packaged program itself.</param>
/// <param name="State">The state to write before that.</param>
/// <param name="Notes">What the operator has to know.</param>
internal sealed record StartDecision(string? Version, SlotState State, IReadOnlyList<string> Notes)
{
    /// <summary>
    /// How often in a row a confirmed version may start without reporting to the service. Then the packaged program runs: a change of the
    /// board may have broken the newer one.
    /// </summary>
    public const int MaxStarts = 5;

    /// <summary>Whether the version is on trial: it has to be confirmed in time.</summary>
    public bool IsTrial => Version is not null && State.Update is { Phase: SlotPhase.Started };

    /// <summary>Decides.</summary>
    /// <param name="own">The version of the packaged program.</param>
    /// <param name="state">The state of the slots.</param>
    /// <param name="findFault">Returns why the program of a slot can't be used, or null.</param>
    public static StartDecision Of(string own, SlotState state, Func<string, string?> findFault)
    {
        List<string> notes = [];
        long order = AgentVersion.Order(own);
        if (state.Update is { Phase: not SlotPhase.Failed } update)
        {
            if (AgentVersion.Order(update.Version) <= order)
            {
                notes.Add($"the package has version {own}; the update to {update.Version} is not needed");
                state = state with { Update = null };
            }
            else if (update.Phase == SlotPhase.Started)
            {
                state = Fail(state, update, notes, string.Create(
                    CultureInfo.InvariantCulture,
                    $"it started, but ended or did not report to the service within {update.ConfirmSeconds} s; "
                        + $"the log of the board has more"));
            }
            else if (findFault(update.Version) is { } fault)
            {
                state = Fail(state, update, notes, fault);
            }
            else
            {
                notes.Add($"version {update.Version} is tried");
                return new(update.Version, state with { Update = update with { Phase = SlotPhase.Started } }, notes);
            }
        }

        if (state.Confirmed.Length > 0)
        {
            string? reason = AgentVersion.Order(state.Confirmed) <= order ? $"the package has version {own}"
                : state.Starts >= MaxStarts ? $"it has not reported to the service in {MaxStarts} starts"
                : findFault(state.Confirmed);
            if (reason is null)
            {
                return new(state.Confirmed, state with { Starts = state.Starts + 1 }, notes);
            }

            notes.Add($"the updated version {state.Confirmed} is given up for the packaged version {own}: {reason}");
            state = state with { Confirmed = string.Empty, Starts = 0 };
        }

        return new(null, state, notes);
    }

    private static SlotState Fail(SlotState state, SlotUpdate update, List<string> notes, string reason)
    {
        notes.Add($"version {update.Version} is not confirmed and does not start again: {reason}");
        return state with { Update = update.Fail($"version {update.Version}: {reason}") };
    }
}
