using EdgeJobs.LocalCloud.Provisioning;

namespace EdgeJobs.LocalCloud.Jobs;

// How boards become things: provisioning templates, and the boards' requests.
internal sealed partial class JobsService
{
    /// <summary>Makes a provisioning template.</summary>
    public Result<ProvisioningTemplate> CreateTemplate(string name, string? description, string? json, bool isEnabled) =>
        Do(transaction => TemplateRegistry.Create(transaction, name, description, json, isEnabled));

    /// <summary>One provisioning template.</summary>
    public Result<ProvisioningTemplate> DescribeTemplate(string name) =>
        State.Templates.TryGetValue(name, out ProvisioningTemplate? template) ? template : TemplateRegistry.NoTemplate(name);

    /// <summary>The provisioning templates by name.</summary>
    public Page<ProvisioningTemplate> ListTemplates(int maxResults = MaxResults, string? nextToken = null) =>
        Page.Of(State.Templates.Values, static template => template.Name, maxResults, nextToken);

    /// <summary>Deletes a provisioning template.</summary>
    public ServiceError? DeleteTemplate(string name) => Do(transaction => TemplateRegistry.Delete(transaction, name));

    /// <summary>Carries out a board's request. The answer is given to the gateway before it returns.</summary>
    /// <param name="gateway">Where the request came from and the answer goes.</param>
    /// <param name="clientId">The client that asks, in the gateway's words.</param>
    /// <param name="operation">The request: it makes changes, and has the answer.</param>
    /// <param name="failed">The answer when the changes can't be stored.</param>
    public void HandleProvisioning(
        IDeviceGateway gateway, string clientId, Func<Transaction, DeviceMessage> operation, Func<ServiceError, DeviceMessage> failed)
    {
        lock (_gate)
        {
            Result<Boxed<DeviceMessage>> result = Run(transaction => new Boxed<DeviceMessage>(operation(transaction)), answer => gateway.Reply(clientId, answer.Value));
            if (result.Error is { } failure)
            {
                gateway.Reply(clientId, failed(failure));
            }
        }
    }
}
