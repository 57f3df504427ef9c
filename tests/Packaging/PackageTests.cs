using System.IO.Compression;
using RobustInference.Files;
using RobustInference.Probits;
using RobustInference.Training;
using Tests.RobustInference.Serving;
using Tests.Workbook;

namespace Tests.Packaging;

/// <summary>Programs outside the clone that use the library: from the packed package, by a project reference, and a
/// single file. Each reads a file of answers and prints a certified one.</summary>
[Collection(nameof(Builds))]
public sealed class PackageTests : IDisposable
{
    const string Certified = "class 2, radius 2";

    const string Program = """
        using RobustInference.Aggregators;
        using RobustInference.Probits;

        using var archive = ProbitArchive.Read(args[0]);
        var first = new CoordinateWiseTrimmedMean(1).Predict(archive.Test)[0];
        Console.WriteLine($"class {first.Class}, radius {first.Radius}");
        """;

    readonly TemporaryFolder folder = new();

    public PackageTests()
    {
        // Five clients that are sure of class 2: two of them may change and the trimmed mean still answers 2.
        using var archive = new ProbitArchive(Sure(10), Sure(1));
        archive.Write(Answers);

        static ProbitSet Sure(int samples) =>
            ProbitSet.FromLogits(
                "sure",
                [.. Enumerable.Range(0, samples * 5).SelectMany(_ => new float[] { 0, 0, 20 })],
                [samples, 5, 3],
                [.. Enumerable.Repeat(2L, samples)]
            );
    }

    string Answers => folder.File("answers.npz");

    static string Project(string name) => Path.Combine(Outside.Root, "lib", name, name + ".csproj");

    static string Cache =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    [Fact]
    public void Every_package_holds_what_a_user_looks_for()
    {
        foreach (string name in new[] { "RobustInference.Serving", "RobustInference", "RobustInference.Experiments" })
        {
            Pack(name);
            using var package = ZipFile.OpenRead(Directory.GetFiles(folder.Path, $"{name}.0.*.nupkg").Single());
            string[] entries = [.. package.Entries.Select(entry => entry.FullName)];
            Assert.Contains("README.md", entries);
            Assert.Contains("LICENSE", entries);
            Assert.Contains($"lib/net10.0/{name}.dll", entries);
            Assert.Contains($"lib/net10.0/{name}.xml", entries);
            using var reader = new StreamReader(package.GetEntry($"{name}.nuspec")!.Open());
            string specification = reader.ReadToEnd();
            Assert.Contains($"<id>{name}</id>", specification);
            Assert.Contains("<tags>federated-inference", specification);
            Assert.DoesNotContain("<repository", specification);
            using var symbols = ZipFile.OpenRead(Directory.GetFiles(folder.Path, $"{name}.0.*.snupkg").Single());
            Assert.Contains($"lib/net10.0/{name}.pdb", symbols.Entries.Select(entry => entry.FullName));
            if (name != "RobustInference")
                continue;
            Assert.Contains("build/RobustInference.targets", entries);
            Assert.Contains("buildTransitive/RobustInference.targets", entries);
        }
    }

    [Fact]
    public void A_program_that_uses_the_package_prints_a_certified_answer()
    {
        Pack("RobustInference.Serving");
        string program = Make("package", Packed("RobustInference"));
        BuildFromPackages(program);
        Assert.Equal(Certified, Run("package"));
    }

    [Fact]
    public void A_program_with_the_serving_package_alone_answers_without_native_code()
    {
        string reference = Packed("RobustInference.Serving"),
            rule = folder.File("rule.safetensors");
        long bytes = new FileInfo(Directory.GetFiles(folder.Path, "*.nupkg").Single()).Length;
        Assert.InRange(bytes, 1, 1_000_000);
        using (var network = ServedRules.NearIdentity(3))
            DeepSetFile.Write(rule, new TrainedDeepSet(network, 2, 1, IsCertified: true));
        string program = Make(
            "serving",
            reference,
            """
            using RobustInference.Serving;

            var rule = ServedRule.Read(args[0]);
            float[] sure = [0, 0, 1];
            var answer = rule.Answer(sure, sure, null, sure, sure);
            Console.WriteLine($"class {answer.Class}, radius {answer.Radius}");
            Console.WriteLine(ServedRule.CoordinateWiseTrimmedMean(2).Answer(sure, sure, sure, sure, sure).Radius);
            """
        );
        BuildFromPackages(program);
        string output = folder.File("artifacts/bin/serving/release");
        Assert.Equal(
            ["class 2, radius 1", "2"],
            Dotnet(Path.Combine(output, "serving.dll"), rule).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
        Assert.Equal(
            ["RobustInference.Serving.dll", "serving.dll"],
            Directory
                .GetFiles(output, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetFileName(file))
                .Where(file => file.EndsWith(".dll", StringComparison.Ordinal) || file.Contains(".so"))
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_new_users_path_from_a_table_to_a_program_that_answers()
    {
        string table = folder.File("answers.csv"),
            page = folder.File("report.html"),
            rule = folder.File("rule.safetensors"),
            onnx = folder.File("rule.onnx");
        WriteTable(table);
        string inspected = Verb($"inspect {table} --split 0.5");
        Assert.Contains("north", inspected);
        Assert.Contains("Use ", Verb($"report {table} --split 0.5 --corrupted 1 --train none --out {page}"));
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(page), StringComparison.OrdinalIgnoreCase);
        Verb(
            $"aggregator train {table} --split 0.5 --corrupted 1 --kind certified --passes 20 --hidden 16 --out {rule}"
        );
        Verb($"aggregator export {rule} --onnx {onnx}");
        Assert.InRange(new FileInfo(onnx).Length, 1000, 1 << 20);
        string program = Make(
            "served",
            Packed("RobustInference.Serving"),
            """
            var rule = RobustInference.Serving.ServedRule.Read(args[0]);
            float[] sure = [0.02f, 0.96f, 0.02f];
            var answer = rule.Answer(sure, sure, sure, sure, sure);
            Console.WriteLine($"class {answer.Class}, radius {answer.Radius}");
            """
        );
        BuildFromPackages(program);
        Assert.Matches(
            "^class 1, radius [12]$",
            Dotnet(folder.File("artifacts/bin/served/release/served.dll"), rule).Trim()
        );
    }

    // Five models that are right for most samples, a column a model and class.
    static void WriteTable(string path)
    {
        string[] models = ["north", "south", "east", "west", "centre"],
            classes = ["cat", "dog", "bird"];
        var random = new Random(1);
        var lines = new List<string>
        {
            string.Join(',', models.SelectMany(model => classes.Select(name => $"{model}_{name}")).Append("label")),
        };
        for (int sample = 0; sample < 1200; sample++)
        {
            int label = random.Next(3);
            var row = models.SelectMany(_ =>
            {
                int answer = random.Next(10) == 0 ? random.Next(3) : label;
                return Enumerable.Range(0, 3).Select(c => c == answer ? "0.9" : "0.05");
            });
            lines.Add(string.Join(',', row.Append(classes[label])));
        }
        AtomicFile.WriteText(path, string.Join('\n', lines) + "\n");
    }

    static string Verb(string line)
    {
        var result = WorkbookProcess.Run(line.Split(' '));
        Assert.True(result.ExitCode == 0, $"{line}: {result.Error}");
        return result.Output + result.Error;
    }

    /// <summary>Packs a library, and has a program of the temporary folder find it there.</summary>
    string Packed(string name)
    {
        Pack(name);
        AtomicFile.WriteText(
            folder.File("nuget.config"),
            $"""
            <configuration>
              <packageSources><add key="packed" value="{folder.Path}" /></packageSources>
            </configuration>
            """
        );
        string version = Path.GetFileName(Directory.GetFiles(folder.Path, $"{name}.0.*.nupkg").Single())[
            (name.Length + 1)..^".nupkg".Length
        ];
        return $"""<PackageReference Include="{name}" Version="{version}" />""";
    }

    // What is packed lands in a cache of its own, everything else comes from the machine's.
    void BuildFromPackages(string program) =>
        Build(program, $"-p:RestorePackagesPath={folder.File("packages")}", $"-p:RestoreFallbackFolders={Cache}");

    [Fact]
    public void A_program_that_references_the_project_needs_no_line_more_and_so_does_a_single_file()
    {
        string program = Make("reference", $"""<ProjectReference Include="{Project("RobustInference")}" />""");
        Build(program);
        Assert.Equal(Certified, Run("reference"));

        // It switches reflection off: JSON must not need it by default. What is trained is named by JSON's hash.
        string file = folder.File("single/one.cs");
        AtomicFile.WriteText(
            file,
            $"#:project {Project("RobustInference")}\n{Program}\n"
                + """
                var recipe = new RobustInference.Training.DeepSetRecipe(1, Hidden: 2, Passes: 1, Steps: 1);
                var trained = new RobustInference.Training.DeepSetCache(args[1]).Get(recipe, archive.Validation!);
                Console.WriteLine(Directory.GetFiles(args[1]).Length);
                """
        );
        string output = Dotnet(
            "run",
            file,
            "-c",
            "Release",
            "-v",
            "quiet",
            $"-p:ArtifactsPath={folder.File("artifacts")}",
            "--",
            Answers,
            folder.File("trained")
        );
        Assert.Equal([Certified, "1"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    string Make(string name, string reference, string code = Program)
    {
        string path = folder.File($"{name}/{name}.csproj");
        AtomicFile.WriteText(folder.File($"{name}/Program.cs"), code);
        AtomicFile.WriteText(
            path,
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <MSBuildTreatWarningsAsErrors>true</MSBuildTreatWarningsAsErrors>
                <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
              </PropertyGroup>
              <ItemGroup>{reference}</ItemGroup>
            </Project>
            """
        );
        return path;
    }

    /// <summary>Packs what is built already; nothing in the clone is built anew.</summary>
    void Pack(string name) => Dotnet("pack", Project(name), "-c", "Release", "--no-build", "-o", folder.Path);

    // All outputs, the library's too, go to the temporary folder: the clone's are in use.
    void Build(string project, params string[] options) =>
        Dotnet(["build", project, "-c", "Release", $"-p:ArtifactsPath={folder.File("artifacts")}", .. options]);

    string Run(string name) => Dotnet(folder.File($"artifacts/bin/{name}/release/{name}.dll"), Answers).TrimEnd('\n');

    string Dotnet(params string[] arguments)
    {
        var (exit, output) = Outside.Run(
            "dotnet",
            arguments,
            folder.Path,
            ("MSBUILDDISABLENODEREUSE", "1"),
            ("DOTNET_NOLOGO", "1"),
            ("TMPDIR", folder.Path) // the SDK leaves empty folders there
        );
        Assert.True(exit == 0, output);
        return output;
    }

    public void Dispose() => folder.Dispose();
}
