using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RobustInference.Results;

namespace Workbook.Kernel;

/// <summary>Fetches packages as a build would: a project with all packages so far, restored by the SDK.</summary>
sealed class PackageRestore
{
    readonly List<PackageReference> asked = [];

    /// <summary>Adds a package to those asked for.</summary>
    /// <exception cref="InvalidDataException">It cannot be had in that version, or does not go with the
    /// others.</exception>
    public RestoredPackages Add(PackageReference package, Action<string> note)
    {
        PackageReference[] all =
        [
            .. asked.Where(other => !other.Name.Equals(package.Name, StringComparison.OrdinalIgnoreCase)),
            package,
        ];
        string folder = Path.Combine(WorkbookFolder.Artifacts, "kernel-packages", Key(all)),
            result = Path.Combine(folder, "files.json");
        if (Read(result) is not { } restored)
        {
            note($"restoring {package.Name} {package.Version} …\n");
            restored = Restore(all, folder, result);
        }
        asked.RemoveAll(other => !all.Contains(other));
        if (!asked.Contains(package))
            asked.Add(package);
        return restored;
    }

    static string Key(PackageReference[] packages) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    Environment.Version.Major + string.Join(";", packages.OrderBy(p => p.Name, StringComparer.Ordinal))
                )
            )
        )[..16];

    static RestoredPackages? Read(string result)
    {
        if (!File.Exists(result))
            return null;
        var restored = JsonSerializer.Deserialize<RestoredPackages>(File.ReadAllText(result))!;
        return restored.Assemblies.Concat(restored.NativeFiles).All(File.Exists) ? restored : null;
    }

    static RestoredPackages Restore(PackageReference[] packages, string folder, string result)
    {
        Directory.CreateDirectory(folder);
        // Empty files of these names keep the checkout's own settings out.
        foreach (
            string name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" }
        )
            File.WriteAllText(Path.Combine(folder, name), "<Project />\n");
        string project = Path.Combine(folder, "packages.csproj");
        File.WriteAllText(
            project,
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net{Environment.Version.Major}.{Environment.Version.Minor}</TargetFramework>
                <UseCurrentRuntimeIdentifier>true</UseCurrentRuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <WarningsAsErrors>NU1603;NU1605</WarningsAsErrors>
              </PropertyGroup>
              <ItemGroup>
                {string.Join(
                "\n    ",
                packages.Select(package =>
                    $"<PackageReference Include=\"{package.Name}\" Version=\"{package.Version}\" />"
                )
            )}
              </ItemGroup>
            </Project>
            """
        );
        (int exit, string output) = Dotnet(
            folder,
            "msbuild",
            project,
            "-nologo",
            "-restore",
            "-t:ResolvePackageAssets",
            "-getItem:RuntimeCopyLocalItems",
            "-getItem:NativeCopyLocalItems"
        );
        if (exit != 0)
        {
            string[] errors =
            [
                .. output
                    .Split('\n')
                    .Where(line => line.Contains("error ", StringComparison.Ordinal))
                    .Select(line => line[line.IndexOf("error ", StringComparison.Ordinal)..].Trim())
                    .Distinct()
                    .Take(3),
            ];
            throw new InvalidDataException(
                "cannot restore "
                    + $"{string.Join(", ", packages.Select(package => $"{package.Name} {package.Version}"))}: "
                    + $"{(errors.Length > 0 ? string.Join("; ", errors) : output.Trim())}"
            );
        }
        JsonNode items = JsonNode.Parse(output[output.IndexOf('{')..])!["Items"]!;
        var restored = new RestoredPackages(
            Paths(items["RuntimeCopyLocalItems"]),
            Paths(items["NativeCopyLocalItems"])
        );
        string unfinished = $"{result}.{Environment.ProcessId}";
        File.WriteAllText(unfinished, JsonSerializer.Serialize(restored));
        File.Move(unfinished, result, overwrite: true);
        return restored;
    }

    static string[] Paths(JsonNode? items) =>
        items is JsonArray array
            ?
            [
                .. array
                    .Select(item => (string)item!["FullPath"]!)
                    .Where(path => !path.EndsWith(".resources.dll", StringComparison.Ordinal)),
            ]
            : [];

    static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new InvalidDataException("packages are restored by the .NET SDK, and there is no 'dotnet' here");
        }
    }

    static (int Exit, string Output) Dotnet(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_NOLOGO"] = "1";
        using Process process = Started(start);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
