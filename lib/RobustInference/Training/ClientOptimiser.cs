using System.Text.Json.Serialization;

namespace RobustInference.Training;

/// <summary>What takes the steps of a client's training.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClientOptimiser>))]
public enum ClientOptimiser
{
    /// <summary>With Nesterov momentum.</summary>
    Sgd,

    /// <summary>β₂ = 0.999, ε = 1e-8 (Loshchilov and Hutter, 2019).</summary>
    AdamW,
}
