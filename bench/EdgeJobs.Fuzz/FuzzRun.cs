using System.Text;

namespace EdgeJobs.Fuzz;

/// <summary>Runs the inputs of a seed in order. Each input depends only on the seed and its number.</summary>
internal sealed class FuzzRun : IFuzzInputs
{
    private readonly ulong _seed;
    private readonly Randomness _random = new();
    private readonly GuardedMemory _memory = new();
    private readonly Workspace _workspace = new();
    private readonly IReadOnlyList<MessageCheck> _messages = MessageCheck.All();
    private readonly TokenCheck _token = new();
    private readonly PayloadMaker _payloads;
    private readonly TopicCheck _topics;

    public FuzzRun(ulong seed, Corpus corpus)
    {
        _seed = seed;
        _payloads = new PayloadMaker(corpus, _random);
        _topics = new TopicCheck(corpus, _random);
    }

    /// <summary>The number of codecs that read each payload.</summary>
    public int Codecs => _messages.Count;

    /// <summary>The number of payloads.</summary>
    public long Payloads { get; private set; }

    /// <summary>The number of payloads that at least one codec has read.</summary>
    public long Read { get; private set; }

    /// <summary>The number of topics.</summary>
    public long Topics { get; private set; }

    /// <summary>Runs one input.</summary>
    /// <returns>Null, or the failure with its input, so that it can be repeated.</returns>
    public string? Run(long input)
    {
        byte[] bytes = [];
        try
        {
            _random.Begin(_seed, input);
            if (IsTopic(input))
            {
                Topics++;
                string topic = _topics.Make();
                bytes = Encoding.Unicode.GetBytes(topic);
                _topics.Run(topic);
                return null;
            }

            Payloads++;
            ReadOnlySpan<byte> made = _payloads.Make();
            ReadOnlyMemory<byte> payload = _memory.Place(made[..Math.Min(made.Length, GuardedMemory.Capacity)]);
            _token.Run(payload.Span);
            bool read = false;
            foreach (MessageCheck message in _messages)
            {
                read |= message.Run(_memory, payload, _workspace);
            }

            Read += read ? 1 : 0;
            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            string what = e is FuzzFailure ? e.Message : e.ToString();
            return $"{what}\n{Describe(input, bytes)}";
        }
    }

    /// <summary>The input as text that can be repeated, without running it.</summary>
    public string Describe(long input)
    {
        _random.Begin(_seed, input);
        return Describe(input, IsTopic(input) ? Encoding.Unicode.GetBytes(_topics.Make()) : []);
    }

    /// <summary>Unmaps the memory of the inputs.</summary>
    public void Dispose()
    {
        ((IDisposable)_memory).Dispose();
        _workspace.Dispose();
        _topics.Dispose();
    }

    private string Describe(long input, byte[] topic)
    {
        bool isTopic = IsTopic(input);
        byte[] bytes = topic;
        if (!isTopic)
        {
            _random.Begin(_seed, input);
            bytes = _payloads.Make().ToArray();
        }

        return $"input {input} of seed {_seed}, a {(isTopic ? "topic (UTF-16)" : "payload")} of {bytes.Length} bytes; "
            + $"to repeat it: --seed {_seed} --from {input} --inputs 1\n{Convert.ToHexString(bytes)}";
    }

    private static bool IsTopic(long input) => input % 4 == 3;
}
