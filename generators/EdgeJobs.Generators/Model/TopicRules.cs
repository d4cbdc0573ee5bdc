using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Model;

/// <summary>
/// The topic parameters of a spec with the names of their checks. A parameter may have different rules in different
/// channels (a job id, or <c>$next</c>): each rule has its own check.
/// </summary>
internal sealed class TopicRules
{
    private readonly List<(TopicParameter Parameter, string Check)> _rules = new();

    public TopicRules(EquatableArray<ChannelModel> channels)
    {
        foreach (ChannelModel channel in channels)
        {
            foreach (TopicParameter parameter in channel.Parameters)
            {
                if (_rules.Any(r => Same(r.Parameter, parameter)))
                {
                    continue;
                }

                string name = "Is" + CSharp.Pascal(parameter.Id);
                bool taken = _rules.Any(r => r.Check == name);
                _rules.Add((parameter, taken ? name + "Of" + channel.Name : name));
            }
        }
    }

    /// <summary>Each rule once, in the order of the document.</summary>
    public IReadOnlyList<(TopicParameter Parameter, string Check)> All => _rules;

    /// <summary>The name of the method that checks a parameter.</summary>
    public string Check(TopicParameter parameter) => _rules.First(r => Same(r.Parameter, parameter)).Check;

    /// <summary>The name of the method that throws where a check is false.</summary>
    public static string RequirementOf(string check) => "Require" + check.Substring("Is".Length);

    private static bool Same(TopicParameter a, TopicParameter b) => a.Id == b.Id && a.Rule == b.Rule;
}
