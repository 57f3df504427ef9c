namespace RobustInference.Inputs;

/// <summary>Words for the parts of an input.</summary>
public static class ArrayPart
{
    /// <summary>Which part a word such as <c>val</c> or <c>test</c> names; null for none.</summary>
    public static InputPart? Of(string word) => ArrayName.PartOf(word);
}
