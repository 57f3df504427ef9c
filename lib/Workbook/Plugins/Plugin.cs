using System.Reflection;
using RobustInference.Aggregators;
using RobustInference.Attacks;
using RobustInference.Catalogue;

namespace Workbook.Plugins;

/// <summary>A user's own aggregators and attacks from a .NET assembly or a C# file.</summary>
public static class Plugin
{
    /// <summary>Registers what a file holds: every public aggregator with a constructor <c>()</c>, <c>(int
    /// corrupted)</c> or <c>(int clients, int corrupted)</c>, and every public attack with a constructor <c>()</c>,
    /// under their own names.</summary>
    /// <param name="path">A <c>.dll</c>, or a <c>.cs</c> that is compiled.</param>
    /// <returns>The names.</returns>
    /// <exception cref="InvalidDataException">It cannot be compiled or loaded, or holds neither: the message names file
    /// and place.</exception>
    /// <exception cref="ArgumentException">A name is the library's.</exception>
    public static IReadOnlyList<string> Load(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file");
        var types = TypesOf(path);
        string[] names = [.. types.Select(Register).OfType<string>()];
        return names.Length > 0
            ? names
            : throw new InvalidDataException(
                $"{path}: holds no public aggregator with a constructor (), (int corrupted) or "
                    + "(int clients, int corrupted), and no public attack with a constructor ()"
            );
    }

    static Type[] TypesOf(string path)
    {
        try
        {
            return Path.GetExtension(path) == ".cs"
                ? PluginCompiler.Compile(path).GetExportedTypes()
                : Assembly.LoadFrom(Path.GetFullPath(path)).GetExportedTypes();
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or TypeLoadException)
        {
            throw new InvalidDataException($"{path}: is no assembly that can be loaded here ({e.Message})", e);
        }
    }

    static string? Register(Type type)
    {
        if (type.IsAbstract || type.ContainsGenericParameters)
            return null;
        if (typeof(IAttack).IsAssignableFrom(type) && type.GetConstructor([]) is { } attack)
        {
            var own = (IAttack)attack.Invoke([]);
            AttackCatalog.Register(own);
            return own.Name;
        }
        if (!typeof(Aggregator).IsAssignableFrom(type) || Maker(type) is not { } make)
            return null;
        using var sample = make(5, 1);
        RuleCatalog.Register(sample.Name, make);
        return sample.Name;
    }

    static Func<int, int, Aggregator>? Maker(Type type) =>
        type.GetConstructor([typeof(int), typeof(int)]) is { } both
            ? (clients, corrupted) => (Aggregator)both.Invoke([clients, corrupted])
        : type.GetConstructor([typeof(int)]) is { } one ? (_, corrupted) => (Aggregator)one.Invoke([corrupted])
        : type.GetConstructor([]) is { } none ? (_, _) => (Aggregator)none.Invoke([])
        : null;
}
