namespace Workbook.Onnx;

/// <summary>How an exported DeepSet bounds its scores.</summary>
public enum OnnxBounds
{
    /// <summary>Intervals: fast; a radius may be smaller than the library's, never greater.</summary>
    Intervals,

    /// <summary>Intervals and the backward linear relaxation, as the library: several times slower.</summary>
    Relaxed,
}
