using EdgeJobs.Client;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Runtime.Tests.Provisioning;

internal sealed class PowerCutException : Exception;

/// <summary>
/// A board and a service with faults: power cuts before and after each write and each message, lost requests and replies, a busy
/// service, and long delays.
/// </summary>
/// <param name="isKeyOfService">Whether the service creates the keys.</param>
/// <param name="fate">The faults at each point, in order. After the last one, there are no faults.</param>
internal sealed class ProvisioningWorld(bool isKeyOfService, IEnumerable<int> fate) : IIdentityStore, IProvisioningService
{
    private const string Template = "pumps";
    private const string Thing = "pump-7";
    private readonly Queue<int> _fate = new(fate);
    private readonly HurriedTime _time = new();
    private readonly List<Issue> _issues = [];
    private ReadOnlyMemory<byte> _state;
    private string? _keyFile;
    private string? _certificateFile;

    /// <summary>The number of starts of the board.</summary>
    public int Starts { get; private set; }

    /// <summary>The number of issued certificates.</summary>
    public int Certificates => _issues.Count;

    private sealed record Issue(string Id, string Key, string Token, DateTimeOffset At)
    {
        public bool IsRegistered { get; set; }
    }

    /// <summary>Restarts the board like a supervisor, until it has its identity.</summary>
    public async Task<IdentityState.Complete> RunAsync()
    {
        for (Starts = 1; Starts < 200; Starts++)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            Provisioner provisioner = new(
                new ProvisioningMachine(Template, null, isKeyOfService), this, this, new RetryBackoff(new Random(Starts)), _time,
                NullLogger.Instance);
            try
            {
                (IdentityState.Complete? identity, _, string fault) = await provisioner.RunAsync(default);
                if (identity is not null)
                {
                    return identity;
                }

                Assert.NotEmpty(fault);
            }
            catch (PowerCutException)
            {
                // Restart.
            }
        }

        throw new Xunit.Sdk.XunitException("the board never got its identity");
    }

    /// <summary>Checks the final state.</summary>
    public void Check(IdentityState.Complete identity)
    {
        Assert.Equal(identity, ((IIdentityStore)this).Load());
        Issue used = Assert.Single(_issues, i => i.Id == identity.CertificateId);
        Assert.True(used.IsRegistered);
        Assert.Equal((used.Key, "CERTIFICATE " + used.Id), (_keyFile, _certificateFile));
        Assert.Equal((Thing, Template), (identity.ThingName, identity.Template));

        // A board creates its key once: it can use every certificate that was registered.
        Assert.All(_issues.Where(i => i.IsRegistered && !isKeyOfService), i => Assert.Equal(_keyFile, i.Key));

        // The state keeps no secret that is no longer needed.
        string text = System.Text.Encoding.UTF8.GetString(_state.Span);
        Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
        Assert.DoesNotContain("token-", text, StringComparison.Ordinal);
    }

    IdentityState IIdentityStore.Load()
    {
        if (_state.IsEmpty)
        {
            return IdentityState.Empty.Instance;
        }

        Assert.True(IdentityCodec.TryRead(_state, out IdentityState? state));
        return state;
    }

    void IIdentityStore.Save(IdentityState state)
    {
        MayBeCut();
        _state = IdentityCodec.Write(state).ToArray();
        MayBeCut();
    }

    void IIdentityStore.WriteFiles(IdentityState.Registered identity)
    {
        MayBeCut();
        _keyFile = identity.PrivateKey.Reveal();
        MayBeCut();
        _certificateFile = identity.Certificate;
        MayBeCut();
    }

    Task<ProvisioningReply> IProvisioningService.CreateAsync(Secret? privateKey, CancellationToken cancellationToken) => AnswerAsync(() =>
    {
        Assert.Equal(isKeyOfService, privateKey is null);
        int number = _issues.Count + 1;
        string key = privateKey?.Reveal() ?? $"PRIVATE KEY {number}";
        Issue issue = new($"certificate-{number}", key, $"token-{number}", _time.GetUtcNow());
        _issues.Add(issue);
        return new ProvisioningReply.Certificate(new Secret(key), issue.Id, "CERTIFICATE " + issue.Id, new Secret(issue.Token));
    });

    Task<ProvisioningReply> IProvisioningService.RegisterAsync(Secret token, CancellationToken cancellationToken) => AnswerAsync(() =>
    {
        Issue? issue = _issues.SingleOrDefault(i => i.Token == token.Reveal());
        if (issue is { IsRegistered: true })
        {
            // The service does not say that the token was used.
            return new ProvisioningReply.Rejected(403, "AccessDenied", "not this one");
        }

        if (issue is null || _time.GetUtcNow() - issue.At > TimeSpan.FromHours(1))
        {
            return new ProvisioningReply.Rejected(400, "InvalidCertificateOwnershipToken", "no such token");
        }

        issue.IsRegistered = true;
        return new ProvisioningReply.Thing(Thing, """{"site":"7"}""");
    });

    Task<ProvisioningReply> IProvisioningService.VerifyAsync(string thingName, CancellationToken cancellationToken) => AnswerAsync(() =>
        thingName == Thing && _issues.Exists(i => i.IsRegistered && i.Key == _keyFile && "CERTIFICATE " + i.Id == _certificateFile)
            ? new ProvisioningReply.Connected()
            : new ProvisioningReply.None(ConnectFailureKind.Refused, "not authorized"));

    Task IProvisioningService.DisconnectAsync() => Task.CompletedTask;

    private Task<ProvisioningReply> AnswerAsync(Func<ProvisioningReply> act)
    {
        MayBeCut();
        switch (Draw(12))
        {
            case 1:
                return Task.FromResult<ProvisioningReply>(new ProvisioningReply.None(ConnectFailureKind.Unreachable, "no route"));
            case 2:
                return Task.FromResult<ProvisioningReply>(new ProvisioningReply.None(ConnectFailureKind.Protocol,
                    "lost on the way there")
                { MayHaveActed = true });
            case 3:
                act();
                return Task.FromResult<ProvisioningReply>(new ProvisioningReply.None(ConnectFailureKind.Protocol,
                    "lost on the way back")
                { MayHaveActed = true });
            case 4:
                return Task.FromResult<ProvisioningReply>(new ProvisioningReply.Rejected(429, "ThrottlingException", "too many"));
            case 5:
                act();
                return Task.FromResult<ProvisioningReply>(new ProvisioningReply.Rejected(500, "InternalError", "and yet it acted"));
            case 6:
                _time.Advance(TimeSpan.FromMinutes(59));
                break;
        }

        ProvisioningReply reply = act();
        MayBeCut();
        return Task.FromResult(reply);
    }

    private void MayBeCut()
    {
        if (Draw(6) == 1)
        {
            throw new PowerCutException();
        }
    }

    private int Draw(int sides) => _fate.TryDequeue(out int drawn) ? drawn % sides : 0;
}
