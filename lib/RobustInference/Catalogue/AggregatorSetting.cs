using System.Text.Json.Serialization;

namespace RobustInference.Catalogue;

/// <summary>A rule by its name in tables, with what it is made from.</summary>
/// <param name="Name">An id of <see cref="RuleCatalog"/>.</param>
/// <param name="Settings">A recipe of the type that the catalogue names; null where the rule has none, and in an
/// experiment for the default one.</param>
[JsonConverter(typeof(Converter))]
public sealed record AggregatorSetting(string Name, object? Settings = null)
{
    /// <summary>A rule with its default settings.</summary>
    public static implicit operator AggregatorSetting(string name) => new(name);

    /// <summary>The same rule with every setting fixed, for an ensemble and f.</summary>
    /// <exception cref="ArgumentException">No rule has this name.</exception>
    public AggregatorSetting For(EnsembleId ensemble, int corrupted) =>
        this with
        {
            Settings = RuleCatalog.Named(Name).Fix(Settings, ensemble, corrupted),
        };

    /// <summary>The name in tables.</summary>
    [JsonIgnore]
    public string Label => RuleCatalog.Find(Name)?.LabelOf(Settings) ?? Name;

    sealed class Converter : SettingConverter<AggregatorSetting>
    {
        protected override AggregatorSetting Of(string name, object? settings) => new(name, settings);

        protected override (string, object?) Parts(AggregatorSetting value) => (value.Name, value.Settings);

        protected override bool IsKnown(string name) => RuleCatalog.Find(name) is not null;

        protected override Type? SettingsOf(string name) => RuleCatalog.Find(name)?.SettingsType;
    }
}
