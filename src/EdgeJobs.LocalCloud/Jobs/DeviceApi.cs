using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>
/// The device API over MQTT, as a function over a transaction: request topic and payload in, response topic and payload out.
/// </summary>
internal static class DeviceApi
{
    /// <summary>The job id that selects the first pending execution.</summary>
    public const string Next = "$next";

    /// <summary>Handles a request. Checks the JSON first, then the topic, then the operation's own rules.</summary>
    public static DeviceMessage Handle(Transaction transaction, string topic, ReadOnlyMemory<byte> payload)
    {
        // Some clients send an empty payload for an empty request.
        payload = payload.IsEmpty ? "{}"u8.ToArray() : payload;
        if (CheckJson(payload.Span) is { } invalidJson)
        {
            return Rejected(transaction, topic, null, invalidJson);
        }

        string? token = CorrelationToken.TryRead(payload.Span, UpdateJobExecutionRequest.CorrelationMember, out JsonText text)
            ? text.ToString()
            : null;
        if (!JobsTopics.TryMatch(topic, out JobsTopicMatch match))
        {
            return Rejected(transaction, topic, token, NoOperation);
        }

        string thing = match.ThingName.ToString();
        return match.Channel switch
        {
            JobsChannel.GetPendingJobExecutions => GetPending(transaction, topic, payload, token, thing),
            JobsChannel.StartNextPendingJobExecution => StartNext(transaction, topic, payload, token, thing),
            JobsChannel.DescribeJobExecution => Describe(transaction, topic, payload, token, thing, match.JobId.ToString()),
            JobsChannel.UpdateJobExecution => Update(transaction, topic, payload, token, thing, match.JobId.ToString()),
            _ => Rejected(transaction, topic, token, NoOperation),
        };
    }

    /// <summary>The rejection of a request, on the topic that AWS derives from the request's.</summary>
    public static DeviceMessage Rejected(
        Transaction transaction, string topic, string? token, ServiceError error) => DeviceMessage.Of(topic + "/rejected",
        new RejectedResponse
        {
            ClientToken = token,
            Timestamp = transaction.Now.ToUnixTimeSeconds(),
            Code = DeviceApiMapper.ToCode(error.Kind),
            Message = error.Message,
            ExecutionState =
            error is { Current: { } current, Kind: ServiceErrorKind.VersionConflict or ServiceErrorKind.InvalidStateTransition }
            ? DeviceApiMapper.ToState(current) : null,
        });

    private static ServiceError NoOperation => new(ServiceErrorKind.InvalidTopic, "The topic does not map to a Jobs operation");

    private static DeviceMessage GetPending(
        Transaction transaction, string topic, ReadOnlyMemory<byte> payload, string? token, string thing)
    {
        if (!GetPendingJobExecutionsRequest.TryRead(payload, out _, out CodecError fault))
        {
            return Rejected(transaction, topic, token, InvalidMember(fault));
        }

        if (!JobsDataPlane.GetPending(transaction, thing).TryGet(out PendingExecutions? pending, out ServiceError? error))
        {
            return Rejected(transaction, topic, token, error);
        }

        return Accepted(topic, new GetPendingJobExecutionsResponse
        {
            ClientToken = token,
            Timestamp = transaction.Now.ToUnixTimeSeconds(),
            InProgressJobs = [.. pending.InProgress.Select(DeviceApiMapper.ToSummary)],
            QueuedJobs = [.. pending.Queued.Select(DeviceApiMapper.ToSummary)],
        });
    }

    private static DeviceMessage StartNext(Transaction transaction, string topic, ReadOnlyMemory<byte> payload, string? token, string thing)
    {
        if (!StartNextPendingJobExecutionRequest.TryRead(payload, out StartNextPendingJobExecutionRequest? request, out CodecError fault))
        {
            return Rejected(transaction, topic, token, InvalidMember(fault));
        }

        StartNextCommand command = new(thing, request.StatusDetails, request.StepTimeoutInMinutes);
        return JobsDataPlane.StartNext(transaction, command).TryGet(out NextExecution? next, out ServiceError? error)
            ? Accepted(topic, new StartNextPendingJobExecutionResponse
            {
                ClientToken = token,
                Timestamp = transaction.Now.ToUnixTimeSeconds(),
                Execution = Execution(transaction, next.First, withDocument: true),
            })
            : Rejected(transaction, topic, token, error);
    }

    private static DeviceMessage Describe(
        Transaction transaction, string topic, ReadOnlyMemory<byte> payload, string? token, string thing, string jobId)
    {
        if (!DescribeJobExecutionRequest.TryRead(payload, out DescribeJobExecutionRequest? request, out CodecError fault))
        {
            return Rejected(transaction, topic, token, InvalidMember(fault));
        }

        ExecutionWithDocument? found;
        ServiceError? error;
        if (jobId == Next)
        {
            _ = JobsDataPlane.DescribeNext(transaction, thing).TryGet(out NextExecution? next, out error);
            found = next?.First;
        }
        else
        {
            _ = JobsDataPlane.Describe(transaction, thing, jobId, request.ExecutionNumber).TryGet(out found, out error);
        }

        return error is not null
            ? Rejected(transaction, topic, token, error)
            : Accepted(topic, new DescribeJobExecutionResponse
            {
                ClientToken = token,
                Timestamp = transaction.Now.ToUnixTimeSeconds(),
                Execution = Execution(transaction, found, request.IncludeJobDocument ?? true),
            });
    }

    private static DeviceMessage Update(
        Transaction transaction, string topic, ReadOnlyMemory<byte> payload, string? token, string thing, string jobId)
    {
        if (!UpdateJobExecutionRequest.TryRead(payload, out UpdateJobExecutionRequest? request, out CodecError fault))
        {
            return Rejected(transaction, topic, token, InvalidMember(fault));
        }

        // The generated enumeration has only the statuses that a device may set; the error for another status depends on the word itself.
        _ = CorrelationToken.TryRead(payload.Span, "status"u8, out JsonText text);
        string word = text.ToString();
        if (!JobExecutionStatusExtensions.TryParseJobExecutionStatus(Encoding.UTF8.GetBytes(word), out JobExecutionStatus status))
        {
            return Rejected(transaction, topic, token, ServiceError.Invalid($"status {word} is unknown"));
        }

        UpdateCommand command = new()
        {
            ThingName = thing,
            JobId = jobId,
            Status = status,
            StatusDetails = request.StatusDetails,
            ExpectedVersion = request.ExpectedVersion,
            ExecutionNumber = request.ExecutionNumber,
            StepTimeoutInMinutes = request.StepTimeoutInMinutes,
        };
        return JobsDataPlane.Update(transaction, command).TryGet(out ExecutionWithDocument? updated, out ServiceError? error)
            ? Accepted(topic, new UpdateJobExecutionResponse
            {
                ClientToken = token,
                Timestamp = transaction.Now.ToUnixTimeSeconds(),
                ExecutionState = request.IncludeJobExecutionState == true ? DeviceApiMapper.ToState(updated.Execution) : null,
                JobDocument = request.IncludeJobDocument == true ? updated.Document : default,
            })
            : Rejected(transaction, topic, token, error);
    }

    private static JobExecution? Execution(Transaction transaction, ExecutionWithDocument? found, bool withDocument) =>
        found is null ? null : DeviceApiMapper.ToExecution(found.Execution, withDocument ? found.Document : default, transaction.Now);

    private static ServiceError? CheckJson(ReadOnlySpan<byte> payload)
    {
        if (!Utf8.IsValid(payload))
        {
            return new ServiceError(ServiceErrorKind.InvalidJson, "The payload is not valid UTF-8");
        }

        try
        {
            Utf8JsonReader reader = new(payload);
            reader.Read();
            JsonTokenType first = reader.TokenType;
            reader.Skip();
            // Throws if anything follows the value.
            reader.Read();
            return first == JsonTokenType.StartObject
                ? null
                : new ServiceError(ServiceErrorKind.InvalidJson, "The payload is not a JSON object");
        }
        catch (JsonException)
        {
            return new ServiceError(ServiceErrorKind.InvalidJson, "The payload is not valid JSON");
        }
    }

    private static ServiceError InvalidMember(CodecError fault) => ServiceError.Invalid(fault.Kind switch
    {
        CodecErrorKind.MissingMember => $"{fault.Member} is required",
        CodecErrorKind.OutOfRange => $"{fault.Member} is out of range",
        _ => $"{fault.Member} has the wrong JSON type",
    });

    private static DeviceMessage Accepted<T>(string topic, T response)
        where T : class, IMessage<T> => DeviceMessage.Of(topic + "/accepted", response);
}
