using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>The progress that a step reports. What it omits keeps the previous value.</summary>
internal sealed record StepProgress
{
    /// <summary>The percentage done, 0 to 100; null if omitted.</summary>
    public int? Percent { get; init; }

    /// <summary>The current activity, for the operator; null if omitted.</summary>
    public string? Message { get; init; }

    /// <summary>Further status details. An empty value removes the pair.</summary>
    public ValueMap<string> Values { get; init; } = ValueMap<string>.Empty;

    /// <summary>Combines this report with the previous progress; null if there is none.</summary>
    public StepProgress After(StepProgress? earlier)
    {
        if (earlier is null)
        {
            return this;
        }

        Dictionary<string, string> values = new(earlier.Values, StringComparer.Ordinal);
        foreach ((string name, string value) in Values)
        {
            if (value.Length == 0)
            {
                values.Remove(name);
            }
            else
            {
                values[name] = value;
            }
        }

        return new StepProgress
        {
            Percent = Percent ?? earlier.Percent,
            Message = Message ?? earlier.Message,
            Values = new ValueMap<string>([.. values]),
        };
    }
}
