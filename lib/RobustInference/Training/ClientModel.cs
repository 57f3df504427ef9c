using System.Text.Json.Serialization;

namespace RobustInference.Training;

/// <summary>The networks that a client can be.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClientModel>))]
public enum ClientModel
{
    /// <summary><see cref="Clients.ResNet8"/>, on images.</summary>
    ResNet8,

    /// <summary><see cref="Clients.BagOfEmbeddings"/>, on texts.</summary>
    Bag,

    /// <summary><see cref="Clients.DistilBert"/>, on texts.</summary>
    DistilBert,

    /// <summary><see cref="Clients.VisionTransformer"/>, on images.</summary>
    VisionTransformer,
}
