using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>The connection: what is in flight between the board and the service.</summary>
internal sealed partial class World
{
    private readonly List<Request> _requests = [];
    private readonly List<JobEvent> _notifications = [];
    private bool _isConnected;

    /// <summary>Changes the service. A connected thing is notified of a new head, except for lost notifications.</summary>
    private void Change(Action change, int which = 1)
    {
        ModelExecution? before = _service.Head;
        change();
        ModelExecution? head = _service.Head;
        if (head != before && _isConnected && which % 11 != 0)
        {
            _notifications.Add(new JobEvent.HeadChanged(head?.Describe(withDocument: false)));
        }
    }

    private void Connect()
    {
        _isConnected = true;
        Deliver(new JobEvent.Connected());
    }

    private void Disconnect(int which)
    {
        _isConnected = false;
        _notifications.Clear();
        Deliver(new JobEvent.Disconnected());

        // The service has received some of the requests in flight, and the replies are lost.
        while (_requests.Count > 0)
        {
            Request request = Take(_requests, which);
            if (which++ % 2 == 0)
            {
                Change(() => request.Apply(this));
            }

            Deliver(request.Failed(new RequestResult(ReplyStatus.NotConnected, default, "not connected")));
        }
    }

    private void Answer(int which)
    {
        Request request = Take(_requests, which);
        JobEvent? answer = null;
        Change(() => answer = request.Apply(this), which);
        Deliver(answer!);
    }

    private void Fail(int which)
    {
        Request request = Take(_requests, which);
        if (which % 3 == 0)
        {
            Change(() => request.Apply(this));
        }

        if (which % 5 == 2 && request.Command is JobCommand.Update update && _service.Find(update.Key) is { } unreadable)
        {
            unreadable.WasUnreadable = true;
        }

        Deliver(request.Failed((which % 5) switch
        {
            0 => new RequestResult(ReplyStatus.Rejected, RejectionCode.RequestThrottled, "throttled"),
            1 => new RequestResult(ReplyStatus.Rejected, RejectionCode.InternalError, "internal"),
            2 => Unreadable,
            3 => new RequestResult(ReplyStatus.NotConnected, default, "not connected"),
            _ => new RequestResult(ReplyStatus.TimedOut, default, "timed out"),
        }));
    }

    private static RequestResult Unreadable => new(ReplyStatus.Undecodable, default, "can't be read");

    private static RequestResult Rejected(RejectionCode code) => new(ReplyStatus.Rejected, code, code.ToString());

    /// <summary>A request in flight.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Command">The command.</param>
    /// <param name="Origin">The execution whose document the board ran, for a report; null otherwise.</param>
    private sealed record Request(long Id, JobCommand Command, ModelExecution? Origin = null)
    {
        public JobEvent Apply(World world) => Command switch
        {
            JobCommand.ListPending => new JobEvent.PendingListed(Id, Runtime.Engine.RequestResult.Accepted),
            JobCommand.StartNext => Executed(world.Service.StartNext(), withDocument: true),
            JobCommand.Describe describe => Described(world.Service, describe),
            JobCommand.Update update => Updated(world.Service, update),
            _ => throw new InvalidOperationException(),
        };

        public JobEvent Failed(RequestResult result) => Command switch
        {
            JobCommand.ListPending => new JobEvent.PendingListed(Id, result),
            JobCommand.Update => new JobEvent.UpdateCompleted(Id, result, null),
            _ => new JobEvent.ExecutionFetched(Id, result, null),
        };

        private JobEvent Described(ServiceModel service, JobCommand.Describe describe)
        {
            ModelExecution? execution = describe.ExecutionNumber is { } number ? service.Find(new JobKey(describe.JobId, number))
                : service.Find(
                describe.JobId);
            return execution is null ? Failed(Rejected(RejectionCode.ResourceNotFound))
                : !execution.Status.IsPending() ? Failed(Rejected(RejectionCode.TerminalStateReached))
                : execution.IsUnreadable && !describe.WithDocument ? Failed(Unreadable)
                : Executed(execution, describe.WithDocument);
        }

        private JobEvent.ExecutionFetched Executed(ModelExecution? execution, bool withDocument) =>
            new(Id, Runtime.Engine.RequestResult.Accepted, execution?.Describe(withDocument));

        private JobEvent Updated(ServiceModel service, JobCommand.Update update)
        {
            ModelExecution? execution = service.Find(update.Key);
            (RejectionCode? rejection, ExecutionSnapshot? snapshot) = service.Update(update);
            Invariant(
                "an outcome is reported only for the execution whose document ran",
                rejection is not null || Origin is null || Origin == execution);
            return rejection is not { } code ? new JobEvent.UpdateCompleted(Id, Runtime.Engine.RequestResult.Accepted, null)
                : execution is { IsUnreadable: true } ? Failed(Unreadable)
                : new JobEvent.UpdateCompleted(Id, Rejected(code), snapshot);
        }
    }
}
