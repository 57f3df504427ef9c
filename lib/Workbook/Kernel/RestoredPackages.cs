namespace Workbook.Kernel;

/// <summary>What a restore brought: files of all packages asked for so far, and of those that they need.</summary>
sealed record RestoredPackages(IReadOnlyList<string> Assemblies, IReadOnlyList<string> NativeFiles);
