namespace EdgeJobs.Runtime.Updates;

/// <summary>A package on the board.</summary>
/// <param name="Package">The package.</param>
/// <param name="IsWhole">Whether it is installed and configured.</param>
internal readonly record struct PackageState(PackageId Package, bool IsWhole);
