using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>How far a step has come, as it says itself. What it leaves out stays as it last said.</summary>
public sealed record StepProgress
{
    /// <summary>How much of it is done, 0 to 100 percent; null when it does not say.</summary>
    public int? Percent { get; init; }

    /// <summary>What it does, in words for the operator; null when it does not say.</summary>
    public string? Message { get; init; }

    /// <summary>What else it tells. A pair with an empty value takes the pair back.</summary>
    public ValueMap<string> Values { get; init; } = ValueMap<string>.Empty;

    /// <summary>What is known after this was told: what it leaves out stays as it was.</summary>
    /// <param name="earlier">What was known before; null for nothing.</param>
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
