namespace EdgeJobs.Client;

/// <summary>Observes the stages of connecting. Its methods must return quickly and not throw.</summary>
public interface IConnectObserver
{
    /// <summary>A stage has succeeded. A stage can succeed more than once, for example when a second port is tried.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="detail">One line for the operator, without secrets.</param>
    void Passed(ConnectStage stage, string detail);
}
