namespace EdgeJobs.Client;

/// <summary>Is told how connecting comes on, stage by stage. Called on the connection's thread of work; must return soon and throw nothing.</summary>
public interface IConnectObserver
{
    /// <summary>A stage was passed. A stage may be passed more than once, as when a second port is tried.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="detail">One line for the operator: what was found. Never a secret.</param>
    void Passed(ConnectStage stage, string detail);
}
