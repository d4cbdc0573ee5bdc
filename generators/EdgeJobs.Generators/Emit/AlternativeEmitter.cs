using System.Collections.Generic;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits what the views of all kinds of alternatives have: each reads its alternative on request.</summary>
internal static class AlternativeEmitter
{
    /// <summary>The method that reads one alternative.</summary>
    /// <param name="what">What it reads, for the documentation.</param>
    /// <param name="name">The end of its name.</param>
    /// <param name="view">The view of the alternative.</param>
    /// <param name="value">The alternative's value of the enum, qualified.</param>
    public static Code TryGet(string what, string name, string view, string value) => $$"""
        /// <summary>Reads {{what}}, in place.</summary>
        /// <returns>False when it is another alternative.</returns>
        public readonly bool TryGet{{name}}(out {{view}} view)
        {
            view = default;
            return Alternative == {{value}} && MessageReader.TryReadAgain(Raw.Utf8, out view);
        }
        """;

    /// <summary>The conversion to the model; an unknown alternative keeps its JSON.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cases">One <see cref="ToModelCase"/> for each alternative.</param>
    public static Code ToModel(string model, IEnumerable<Code> cases) => $$"""
        {{ViewEmitter.ToModelDocumentation}}
        public readonly {{model}} ToModel(ReadOnlyMemory<byte> source)
        {
            switch (Alternative)
            {
                {{cases}}
                default:
                    return new Unknown{{model}}(Raw.ToRawJson(source));
            }
        }
        """;

    /// <summary>Converts one alternative.</summary>
    /// <param name="name">The end of the name of its method <c>TryGet</c>.</param>
    /// <param name="view">The view of the alternative.</param>
    /// <param name="value">The alternative's value of the enum, qualified.</param>
    /// <param name="result">The model, as an expression of <see cref="Local"/>.</param>
    public static Code ToModelCase(string name, string view, string value, string result) => $"""
        case {value}:
            TryGet{name}(out {view} {Local(name)});
            return {result};
        """;

    /// <summary>The variable that holds the view of an alternative.</summary>
    public static string Local(string name) => Camel(name).TrimStart('@') + "View";
}
