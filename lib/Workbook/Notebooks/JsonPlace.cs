using System.Text.Json;

namespace Workbook.Notebooks;

/// <summary>Where a reader stands in a notebook's JSON: the path from the root, and the cell.</summary>
sealed class JsonPlace
{
    readonly Stack<Level> levels = new();

    /// <summary>The cell that is being read, from 1; 0 outside of cells.</summary>
    public int Cell { get; private set; }

    /// <summary>Such as <c>metadata.tags[1]</c>, relative to the cell inside of one.</summary>
    public string Path
    {
        get
        {
            Level[] steps = [.. levels.Reverse()];
            string path = "";
            for (int i = Cell > 0 ? 2 : 0; i < steps.Length; i++)
                path += steps[i].Names is null ? $"[{steps[i].Index}]" : $".{steps[i].Name}";
            return path.TrimStart('.');
        }
    }

    /// <summary>Takes note of the token that was read.</summary>
    /// <exception cref="JsonException">A name stands twice in an object.</exception>
    /// <exception cref="InvalidOperationException">A text is no valid Unicode.</exception>
    public void Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                Level level = levels.Peek();
                level.Name = reader.GetString()!;
                if (!level.Names!.Add(level.Name))
                    throw new JsonException($"the name '{level.Name}' stands twice");
                return;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                levels.Pop();
                if (levels.Count < 2)
                    Cell = 0;
                return;
        }
        if (levels.TryPeek(out Level? list) && list.Names is null)
            list.Index++;
        if (levels.Count == 2 && IsCells)
            Cell = list!.Index + 1;
        if (reader.TokenType == JsonTokenType.String)
            reader.GetString();
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            levels.Push(new Level(reader.TokenType == JsonTokenType.StartObject));
    }

    bool IsCells => levels.Last() is { Names: not null, Name: "cells" };

    sealed class Level(bool isObject)
    {
        public HashSet<string>? Names { get; } = isObject ? new(StringComparer.Ordinal) : null;
        public string Name { get; set; } = "";
        public int Index { get; set; } = -1;
    }
}
