using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace Workbook.Kernel;

/// <summary>The assemblies of this process. Notebooks load theirs into the same (default) context, so that a type is
/// one type for all of them.</summary>
sealed class SharedAssemblies
{
    static readonly Dictionary<string, string> Trusted = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .DistinctBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase)
        .ToDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase);

    // The hooks below are the process's, so that all sessions share what they look in.
    static readonly Lock Gate = new();
    static readonly List<string> Folders = [];
    static readonly Dictionary<string, string> NativeFiles = new(StringComparer.OrdinalIgnoreCase);

    static SharedAssemblies()
    {
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            FindIn(Folders, name.Name + ".dll") is { } path ? context.LoadFromAssemblyPath(path) : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => LoadNative(name);
    }

    /// <summary>The framework's assemblies, as references for the compiler.</summary>
    public static IReadOnlyList<MetadataReference> Framework { get; } = ReadFramework();

    /// <summary>Makes what lies beside <paramref name="assembly"/> loadable.</summary>
    public void AddFolderOf(string assembly)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(assembly))!;
        lock (Gate)
        {
            if (!Folders.Contains(folder))
                Folders.Add(folder);
        }
    }

    /// <summary>Makes a package's native libraries loadable.</summary>
    public void AddNativeFiles(IEnumerable<string> files)
    {
        lock (Gate)
        {
            foreach (string file in files)
                NativeFiles[Path.GetFileName(file)] = file;
        }
    }

    /// <summary>The path of an assembly of that simple name: beside the one that asks, of this program, or beside one
    /// referenced before.</summary>
    public string? Find(string name, string? beside)
    {
        if (
            beside is not null
            && Path.Combine(Path.GetDirectoryName(beside)!, name + ".dll") is var path
            && File.Exists(path)
        )
            return path;
        return Trusted.GetValueOrDefault(name) ?? FindIn(Folders, name + ".dll");
    }

    /// <summary>Loads an assembly; where the program itself has one of that name, that one is used.</summary>
    public Assembly Load(string path, Action<string> note)
    {
        AssemblyName wanted = AssemblyName.GetAssemblyName(path);
        Assembly? loaded = AssemblyLoadContext.Default.Assemblies.FirstOrDefault(assembly =>
            assembly.GetName().Name == wanted.Name
        );
        loaded ??= Trusted.ContainsKey(wanted.Name!)
            ? AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(wanted.Name!))
            : null;
        if (loaded is null)
            return AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
        if (loaded.GetName().Version != wanted.Version)
            note(
                $"{wanted.Name} {wanted.Version} was asked for, but this kernel already uses "
                    + $"{loaded.GetName().Version}; a process can hold only one.\n"
            );
        return loaded;
    }

    static IReadOnlyList<MetadataReference> ReadFramework()
    {
        string folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return
        [
            .. Trusted
                .Values.Where(path => Path.GetDirectoryName(path) == folder)
                .Select(path => MetadataReference.CreateFromFile(path)),
        ];
    }

    static string? FindIn(List<string> folders, string file)
    {
        lock (Gate)
            return folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    static IntPtr LoadNative(string name)
    {
        foreach (string file in new[] { name, name + Extension, "lib" + name + Extension, "lib" + name })
        {
            string? path;
            lock (Gate)
                path = NativeFiles.GetValueOrDefault(file);
            path ??=
                FindIn(Folders, file)
                ?? FindIn(Folders, Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native", file));
            if (path is not null && NativeLibrary.TryLoad(path, out IntPtr handle))
                return handle;
        }
        return IntPtr.Zero;
    }

    static string Extension =>
        OperatingSystem.IsWindows() ? ".dll"
        : OperatingSystem.IsMacOS() ? ".dylib"
        : ".so";
}
