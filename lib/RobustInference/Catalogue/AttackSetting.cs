using System.Text.Json.Serialization;

namespace RobustInference.Catalogue;

/// <summary>An attack by its name in tables, with its settings; Clean is one of them.</summary>
/// <param name="Name">A name of <see cref="AttackCatalog"/>.</param>
/// <param name="Settings">Of the type that the catalogue names; null where the attack has none, and in an experiment
/// for those of the paper's tables.</param>
[JsonConverter(typeof(Converter))]
public sealed record AttackSetting(string Name, object? Settings = null)
{
    /// <summary>An attack with the settings of the paper's tables.</summary>
    public static implicit operator AttackSetting(string name) => new(name);

    /// <summary>The same attack with every setting said.</summary>
    /// <exception cref="ArgumentException">No attack has this name.</exception>
    public AttackSetting Fixed() => this with { Settings = Settings ?? AttackCatalog.Named(Name).Default };

    sealed class Converter : SettingConverter<AttackSetting>
    {
        protected override AttackSetting Of(string name, object? settings) => new(name, settings);

        protected override (string, object?) Parts(AttackSetting value) => (value.Name, value.Settings);

        protected override bool IsKnown(string name) => AttackCatalog.Find(name) is not null;

        protected override Type? SettingsOf(string name) => AttackCatalog.Find(name)?.Default?.GetType();
    }
}
