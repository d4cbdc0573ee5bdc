using System.Reflection;
using EdgeJobs.Client.Logging;
using EdgeJobs.Runtime.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Tests.Logging;

/// <summary>An event id identifies a log message: the client and the agent write to one log.</summary>
public sealed class EventIdTests
{
    [Fact]
    public void Ids_are_unique()
    {
        IEnumerable<string> shared = EventsOf(typeof(ClientLog)).Concat(EventsOf(typeof(ServiceLog))).Concat(EventsOf(typeof(AgentLog)))
            .GroupBy(message => message.Id, message => message.Name)
            .Where(names => names.Count() > 1)
            .Select(names => $"{names.Key}: {string.Join(", ", names)}");
        Assert.Equal([], shared);
    }

    [Fact]
    public void Ids_below_100_belong_to_the_client()
    {
        Assert.All(EventsOf(typeof(ClientLog)).Concat(EventsOf(typeof(ServiceLog))), message => Assert.InRange(message.Id, 1, 99));
        Assert.All(EventsOf(typeof(AgentLog)), message => Assert.InRange(message.Id, 100, 999));
    }

    private static (int Id, string Name)[] EventsOf(Type log)
    {
        (int Id, string Name)[] events =
        [
            .. from method in log.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
               let message = method.GetCustomAttribute<LoggerMessageAttribute>()
               where message is not null
               select (message.EventId, method.Name),
        ];
        Assert.NotEmpty(events);
        return events;
    }
}
