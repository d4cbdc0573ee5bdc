using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using EdgeJobs.Generators.Collections;

namespace EdgeJobs.Generators.Parse;

/// <summary>
/// All that a spec is read from. Inputs are equal as long as the files are the same objects: an edit of another file of the project
/// stops here.
/// </summary>
/// <param name="Spec">The spec.</param>
/// <param name="Others">The files that it refers to, also through others.</param>
internal sealed record SpecInput(SpecFile Spec, EquatableArray<ProjectFile> Others)
{
    /// <summary>Finds the files that a spec refers to.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="files">All files of the project.</param>
    public static SpecInput Gather(SpecFile spec, ImmutableArray<ProjectFile> files)
    {
        ProjectFile root = files.First(f => f.File == spec.File);
        List<ProjectFile> others = new();
        if (root.References.Count > 0)
        {
            ILookup<string, ProjectFile> byPath = files.ToLookup(f => f.Path, StringComparer.OrdinalIgnoreCase);
            for (int i = -1; i < others.Count; i++)
            {
                foreach (string path in (i < 0 ? root : others[i]).References)
                {
                    if (byPath[path].FirstOrDefault() is { } file && file != root && !others.Contains(file))
                    {
                        others.Add(file);
                    }
                }
            }
        }

        return new SpecInput(spec, new EquatableArray<ProjectFile>(others));
    }

    public SpecResult Parse(CancellationToken cancellation) => SpecParser.Parse(
        new ProjectFile(Spec.File).Read(cancellation), Others.Select(o => o.Read(cancellation)).ToList(), Spec.Options, cancellation);
}
