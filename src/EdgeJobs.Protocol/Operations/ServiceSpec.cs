namespace EdgeJobs.Protocol;

/// <summary>Describes a service to a client: its channels by topic, and its operations. Generated from the spec.</summary>
public abstract class ServiceSpec
{
    /// <summary>The requests that the device sends.</summary>
    public abstract IReadOnlyList<RequestOperation> Requests { get; }

    /// <summary>The requests that the device receives and answers.</summary>
    public virtual IReadOnlyList<AnswerOperation> Answers => [];

    /// <summary>The messages without a reply.</summary>
    public abstract IReadOnlyList<EventOperation> Events { get; }

    /// <summary>
    /// The address of a channel, with parameters in braces: <c>$aws/things/{thingName}/jobs/get</c>; empty if it is known at run time only.
    /// </summary>
    /// <param name="channel">A value of the generated channel enum other than 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The spec has no such channel.</exception>
    public abstract string AddressOf(int channel);

    /// <summary>Finds the channel of a topic. Allocates nothing.</summary>
    /// <param name="topic">The topic of an inbound message.</param>
    /// <param name="channel">A value of the generated channel enum, or 0.</param>
    /// <returns>False if the spec has no such topic.</returns>
    public abstract bool TryMatch(ReadOnlySpan<char> topic, out int channel);
}
