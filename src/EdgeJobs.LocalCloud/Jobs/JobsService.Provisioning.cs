using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Registry;

namespace EdgeJobs.LocalCloud.Jobs;

// Fleet provisioning: templates, and the boards' requests.
internal sealed partial class JobsService
{
    public Result<ProvisioningTemplate> CreateTemplate(string name, string? description, string? json, bool isEnabled) =>
        Execute(transaction => TemplateRegistry.Create(transaction, name, description, json, isEnabled));

    public Result<ProvisioningTemplate> DescribeTemplate(string name) =>
        State.Templates.TryGetValue(name, out ProvisioningTemplate? template) ? template : TemplateRegistry.NoTemplate(name);

    public Page<ProvisioningTemplate> ListTemplates(int maxResults = MaxResults, string? nextToken = null) =>
        Page.Of(State.Templates.Values, static template => template.Name, maxResults, nextToken);

    public ServiceError? DeleteTemplate(string name) => Execute(transaction => TemplateRegistry.Delete(transaction, name));

    /// <summary>Handles a board's request. The response is passed to the gateway before this method returns.</summary>
    /// <param name="gateway">The gateway of the request and the response.</param>
    /// <param name="clientId">The requesting client's id.</param>
    /// <param name="operation">The request: makes changes and returns the response.</param>
    /// <param name="failed">The response if the changes can't be stored.</param>
    public void HandleProvisioning(
        IDeviceGateway gateway, string clientId, Func<Transaction, DeviceMessage> operation, Func<ServiceError, DeviceMessage> failed)
    {
        lock (_gate)
        {
            Result<Boxed<DeviceMessage>> result =
                Run(transaction => new Boxed<DeviceMessage>(operation(transaction)), response => gateway.Reply(clientId, response.Value));
            if (result.Error is { } failure)
            {
                gateway.Reply(clientId, failed(failure));
            }
        }
    }
}
