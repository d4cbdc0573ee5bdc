using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Services;

/// <summary>Passes the requests of an operation to the answerer.</summary>
/// <param name="answerer">Answers them.</param>
/// <param name="channel">The channel of the requests.</param>
/// <param name="filter">Their topics.</param>
internal sealed class AnswerListener(RequestAnswerer answerer, int channel, string filter) : IEventListener
{
    public int Channel => channel;

    public string Filter => filter;

    public void Take(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt) =>
        answerer.TryAccept(topic, payload, properties, receipt, channel);

    public void Complete()
    {
        // The client disposes of the answerer.
    }
}
