using System.Reflection;
using EdgeJobs.Protocol;

namespace EdgeJobs.Fuzz;

/// <summary>The builders, the filters and the matcher of topics.</summary>
internal sealed class TopicCheck : IDisposable
{
    private delegate bool Format0(Span<char> destination, out int charsWritten);

    private delegate bool Format1(Span<char> destination, ReadOnlySpan<char> first, out int charsWritten);

    private delegate bool Format2(Span<char> destination, ReadOnlySpan<char> first, ReadOnlySpan<char> second, out int charsWritten);

    private static readonly string[] Words =
    [
        "$aws", "things", "jobs", "get", "update", "start-next", "notify", "notify-next", "accepted", "rejected", "$next",
        "", "+", "#", "a b", "edge-dev-01", "fw-2-1-0", "T:_-9", "\u00e9", "\ud83d", "\0", "$", "/", "//", new('x', 64),
        new('x', 65), new('y', 128), new('y', 129),
    ];

    private readonly Corpus _corpus;
    private readonly Randomness _random;
    private readonly GuardedMemory _memory = new();
    private readonly GuardedMemory _destination = new();
    private readonly Builder[] _builders;
    private readonly MethodInfo[] _filters;

    public TopicCheck(Corpus corpus, Randomness random)
    {
        _corpus = corpus;
        _random = random;
        _builders = [.. Enum.GetValues<JobsChannel>().Where(c => c != JobsChannel.None).Select(c => new Builder(c))];
        _filters =
        [
            .. typeof(JobsTopics).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(
                m => m.ReturnType == typeof(string) && m.Name.EndsWith("Filter", StringComparison.Ordinal))
        ];
    }

    /// <summary>A topic, or parameters of one, as one text.</summary>
    public string Make()
    {
        string topic = _random.OneIn(2)
            ? _random.Pick(_corpus.Topics)
            : string.Join('/', Enumerable.Range(0, _random.Below(9)).Select(_ => _random.Pick(Words)));
        for (int n = _random.Below(4); n > 0; n--)
        {
            int at = _random.Below(topic.Length + 1);
            topic = _random.Below(3) switch
            {
                0 => topic.Insert(at, _random.Pick(Words)),
                1 => topic.Remove(at, Math.Min(_random.Below(12), topic.Length - at)),
                _ => topic.Insert(at, ((char)_random.Below(_random.OneIn(4) ? 65_536 : 128)).ToString()),
            };
        }

        return topic;
    }

    /// <summary>Matches the text, then uses two pieces of it as parameters of builders.</summary>
    public void Run(string topic)
    {
        Match(topic);
        string[] pieces = topic.Split('/');
        string thing = Piece(pieces);
        string job = Piece(pieces);
        Build(_random.Pick(_builders), thing, job);
        MethodInfo filter = _random.Pick(_filters);
        object?[] arguments = [.. filter.GetParameters().Select((_, i) => _random.OneIn(4) ? null : i == 0 ? thing : job)];
        Try(() => (string)filter.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!);
    }

    public void Dispose()
    {
        ((IDisposable)_memory).Dispose();
        ((IDisposable)_destination).Dispose();
    }

    private string Piece(string[] pieces) => _random.Below(4) switch
    {
        0 => "edge-dev-01",
        1 => _random.Pick(Words),
        _ => _random.Pick(pieces),
    };

    private void Match(string topic)
    {
        ReadOnlySpan<char> placed = _memory.Place(topic);
        bool known = JobsTopics.TryMatch(placed, out JobsTopicMatch match);
        FuzzFailure.Unless(known == (match.Channel != JobsChannel.None), "matcher: a match without a channel, or the other way round");
        FuzzFailure.Unless(
            known == JobsSpec.Instance.TryMatch(placed, out int channel) && channel == (int)match.Channel,
            "matcher: the spec says otherwise");
        if (known)
        {
            Builder builder = Array.Find(_builders, b => b.Channel == channel)!;
            string first = builder.First(match).ToString();
            string built = builder.Build(first, match.JobId.ToString());
            FuzzFailure.Unless(built == topic, $"matcher: {match.Channel} of '{first}', '{match.JobId}' is '{built}'");
        }
    }

    private void Build(Builder builder, string thing, string job)
    {
        string? topic = Try(() => builder.Build(thing, job));
        Span<char> destination = _destination.Characters(topic?.Length ?? 512);
        bool formatted = builder.TryFormat(destination, _memory.Place(thing), job, out int written);
        FuzzFailure.Unless(formatted == topic is not null && written == (topic?.Length ?? 0), builder.Name + ": the two forms disagree");
        if (topic is null)
        {
            return;
        }

        FuzzFailure.Unless(destination.SequenceEqual(topic), builder.Name + ": the two forms give different texts");
        int tooShort = _random.Below(topic.Length);
        FuzzFailure.Unless(
            !builder.TryFormat(_destination.Characters(tooShort), thing, job, out written) && written == 0,
            builder.Name + ": it fits where it can't");

        // A fixed level takes precedence over a parameter of the same text: the topic then belongs to another channel.
        FuzzFailure.Unless(JobsTopics.TryMatch(topic, out JobsTopicMatch match), builder.Name + ": the matcher does not know " + topic);
        bool same = (int)match.Channel == builder.Channel
            && builder.First(match).SequenceEqual(builder.Parameters == 0 ? "" : thing)
            && match.JobId.SequenceEqual(builder.Parameters == 2 ? job : "");
        FuzzFailure.Unless(
            same || Words.Contains(job) && match.JobId.IsEmpty,
            builder.Name + ": the matcher takes it for " + match.Channel);
    }

    /// <summary>The topic of a builder; null when it rejects a parameter.</summary>
    private static string? Try(Func<string> build)
    {
        try
        {
            return build();
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Both builders of a channel that has no parameter, one, or the two of a job.</summary>
    private sealed class Builder
    {
        private readonly Delegate _build;
        private readonly Delegate _format;
        private readonly bool _isOfTemplate;

        public Builder(JobsChannel channel)
        {
            Channel = (int)channel;
            Name = channel.ToString();
            MethodInfo build = typeof(JobsTopics).GetMethod(Name)!;
            MethodInfo format = typeof(JobsTopics).GetMethod("TryFormat" + Name)!;
            ParameterInfo[] parameters = build.GetParameters();
            Parameters = parameters.Length;
            _isOfTemplate = Parameters == 1 && parameters[0].Name == "templateName";
            (Type ofBuild, Type ofFormat) = Parameters switch
            {
                0 => (typeof(Func<string>), typeof(Format0)),
                1 => (typeof(Func<string, string>), typeof(Format1)),
                _ => (typeof(Func<string, string, string>), typeof(Format2)),
            };
            _build = build.CreateDelegate(ofBuild);
            _format = format.CreateDelegate(ofFormat);
        }

        public int Channel { get; }

        public string Name { get; }

        public int Parameters { get; }

        /// <summary>The first parameter of a topic of this channel: the thing, or the provisioning template.</summary>
        public ReadOnlySpan<char> First(JobsTopicMatch match) => _isOfTemplate ? match.TemplateName : match.ThingName;

        public string Build(string first, string job) => _build switch
        {
            Func<string> none => none(),
            Func<string, string> one => one(first),
            _ => ((Func<string, string, string>)_build)(first, job),
        };

        public bool TryFormat(Span<char> destination, ReadOnlySpan<char> first, ReadOnlySpan<char> job, out int written) => _format switch
        {
            Format0 none => none(destination, out written),
            Format1 one => one(destination, first, out written),
            _ => ((Format2)_format)(destination, first, job, out written),
        };
    }
}
