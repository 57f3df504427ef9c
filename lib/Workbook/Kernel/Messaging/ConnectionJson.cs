using System.Text.Json.Serialization;

namespace Workbook.Kernel.Messaging;

/// <summary>The reader of <see cref="ConnectionFile"/>, made at compile time: reflection would cost a kernel's start a
/// tenth of a second.</summary>
[JsonSerializable(typeof(ConnectionFile))]
sealed partial class ConnectionJson : JsonSerializerContext;
