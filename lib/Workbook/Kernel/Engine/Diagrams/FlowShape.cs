namespace Workbook.Kernel.Engine.Diagrams;

/// <summary>A box's outline.</summary>
public enum FlowShape
{
    /// <summary><c>[text]</c>.</summary>
    Rectangle,

    /// <summary><c>(text)</c>.</summary>
    Rounded,

    /// <summary><c>([text])</c>.</summary>
    Stadium,

    /// <summary><c>((text))</c>.</summary>
    Circle,

    /// <summary><c>{text}</c>.</summary>
    Rhombus,

    /// <summary><c>{{text}}</c>.</summary>
    Hexagon,

    /// <summary><c>[(text)]</c>.</summary>
    Cylinder,
}
