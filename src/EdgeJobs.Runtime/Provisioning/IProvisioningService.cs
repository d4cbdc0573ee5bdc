namespace EdgeJobs.Runtime.Provisioning;

/// <summary>The service that makes boards into things, as a board sees it.</summary>
internal interface IProvisioningService
{
    /// <summary>Asks for a certificate.</summary>
    /// <param name="privateKey">The board's key; null to be given one by the service.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ProvisioningReply> CreateAsync(Secret? privateKey, CancellationToken cancellationToken);

    /// <summary>Registers the board as the template says.</summary>
    /// <param name="token">Proves that the certificate was made for this board.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ProvisioningReply> RegisterAsync(Secret token, CancellationToken cancellationToken);

    /// <summary>Connects as the thing, with the files of the identity.</summary>
    /// <param name="thingName">The thing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<ProvisioningReply> VerifyAsync(string thingName, CancellationToken cancellationToken);

    /// <summary>Ends the connection, if there is one: what was asked is then not answered any more.</summary>
    Task DisconnectAsync();
}
