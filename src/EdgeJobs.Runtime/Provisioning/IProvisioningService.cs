namespace EdgeJobs.Runtime.Provisioning;

/// <summary>The fleet provisioning service.</summary>
internal interface IProvisioningService
{
    /// <summary>Requests a certificate.</summary>
    /// <param name="privateKey">The board's key; null if the service is to create it.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    Task<ProvisioningReply> CreateAsync(Secret? privateKey, CancellationToken cancellationToken);

    /// <summary>Registers the board with the template.</summary>
    /// <param name="token">The ownership token of the certificate.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    Task<ProvisioningReply> RegisterAsync(Secret token, CancellationToken cancellationToken);

    /// <summary>Connects as the thing, with the files of the identity.</summary>
    Task<ProvisioningReply> VerifyAsync(string thingName, CancellationToken cancellationToken);

    /// <summary>Ends the connection, if there is one. Pending requests get no reply.</summary>
    Task DisconnectAsync();
}
