namespace Workbook.Kernel.Engine.Diagrams;

/// <summary>Places nodes in layers so that edges point one way and cross little (Sugiyama, Tagawa and Toda,
/// 1981).</summary>
/// <remarks>Layers by the longest path; an edge over several layers gets a stop in each; orders by barycentres; places
/// by least squares to the neighbours under the order, until they rest.</remarks>
public sealed class LayeredLayout
{
    const int Sweeps = 12;

    readonly List<List<int>> above = [],
        below = [];
    readonly List<double> sizes = [];
    readonly List<int> layerOf = [];
    readonly List<List<int>> layers = [];
    readonly double gap;

    /// <param name="breadths">What each node takes across the layers.</param>
    /// <param name="edges">Pairs of nodes.</param>
    /// <param name="gap">Between neighbours in a layer.</param>
    public LayeredLayout(IReadOnlyList<double> breadths, IReadOnlyList<(int From, int To)> edges, double gap)
    {
        this.gap = gap;
        (int From, int To)[] forward = Forward(breadths.Count, edges);
        foreach (double breadth in breadths)
            Add(breadth, 0);
        SetLayers(forward);
        Routes = [.. forward.Select((edge, i) => Route(edge, edge != edges[i]))];
        for (int node = 0; node < sizes.Count; node++)
        {
            while (layers.Count <= layerOf[node])
                layers.Add([]);
            layers[layerOf[node]].Add(node);
        }
        Order();
        Places = Place();
    }

    /// <summary>A node's layer, from 0; nodes are followed by the stops of long edges.</summary>
    public IReadOnlyList<int> Layers => layerOf;

    /// <summary>A node's middle across the layers.</summary>
    public double[] Places { get; }

    /// <summary>For each edge the nodes and stops that it passes, from its beginning to its end.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Routes { get; }

    void Add(double size, int layer)
    {
        sizes.Add(size);
        layerOf.Add(layer);
        above.Add([]);
        below.Add([]);
    }

    // An edge that closes a circle is turned round.
    static (int From, int To)[] Forward(int count, IReadOnlyList<(int From, int To)> edges)
    {
        ILookup<int, int> next = edges.ToLookup(edge => edge.From, edge => edge.To);
        int[] finished = new int[count];
        bool[] seen = new bool[count];
        int clock = 0;
        for (int root = 0; root < count; root++)
        {
            if (seen[root])
                continue;
            seen[root] = true;
            var open = new Stack<(int Node, IEnumerator<int> Next)>();
            open.Push((root, next[root].GetEnumerator()));
            while (open.TryPeek(out (int Node, IEnumerator<int> Next) top))
            {
                if (!top.Next.MoveNext())
                {
                    finished[top.Node] = ++clock;
                    open.Pop();
                }
                else if (!seen[top.Next.Current])
                {
                    seen[top.Next.Current] = true;
                    open.Push((top.Next.Current, next[top.Next.Current].GetEnumerator()));
                }
            }
        }
        return [.. edges.Select(edge => finished[edge.From] >= finished[edge.To] ? edge : (edge.To, edge.From))];
    }

    void SetLayers((int From, int To)[] edges)
    {
        bool moved = true;
        while (moved)
        {
            moved = false;
            foreach ((int from, int to) in edges)
            {
                if (from == to || layerOf[to] > layerOf[from])
                    continue;
                layerOf[to] = layerOf[from] + 1;
                moved = true;
            }
        }
        // Sources stand right before what they feed, not all in the first layer.
        foreach (int node in Enumerable.Range(0, sizes.Count).Except(edges.Select(edge => edge.To)))
        {
            int[] fed = [.. edges.Where(edge => edge.From == node).Select(edge => layerOf[edge.To])];
            if (fed.Length > 0)
                layerOf[node] = fed.Min() - 1;
        }
    }

    List<int> Route((int From, int To) edge, bool turned)
    {
        var route = new List<int> { edge.From };
        for (int layer = layerOf[edge.From] + 1; layer < layerOf[edge.To]; layer++)
        {
            Add(0, layer);
            route.Add(sizes.Count - 1);
        }
        route.Add(edge.To);
        foreach ((int upper, int lower) in edge.From == edge.To ? [] : route.Zip(route.Skip(1)))
        {
            below[upper].Add(lower);
            above[lower].Add(upper);
        }
        if (turned)
            route.Reverse();
        return route;
    }

    void Order()
    {
        List<int>[] best = Copy();
        int fewest = Crossings();
        for (int sweep = 0; sweep < Sweeps && fewest > 0; sweep++)
        {
            bool down = sweep % 2 == 0;
            foreach (
                int layer in down ? Enumerable.Range(0, layers.Count) : Enumerable.Range(0, layers.Count).Reverse()
            )
            {
                int[] rank = Ranks();
                List<List<int>> neighbours = down ? above : below;
                layers[layer] =
                [
                    .. layers[layer]
                        .OrderBy(node =>
                            neighbours[node].Count > 0 ? neighbours[node].Average(other => rank[other]) : rank[node]
                        ),
                ];
            }
            int crossings = Crossings();
            if (crossings >= fewest)
                continue;
            (fewest, best) = (crossings, Copy());
        }
        for (int layer = 0; layer < layers.Count; layer++)
            layers[layer] = best[layer];

        List<int>[] Copy() => [.. layers.Select(layer => layer.ToList())];
    }

    int[] Ranks()
    {
        int[] rank = new int[sizes.Count];
        foreach (List<int> layer in layers)
            for (int i = 0; i < layer.Count; i++)
                rank[layer[i]] = i;
        return rank;
    }

    int Crossings()
    {
        int[] rank = Ranks();
        int crossings = 0;
        foreach (List<int> layer in layers)
        {
            (int A, int B)[] lines =
            [
                .. layer.SelectMany(node => below[node].Select(other => (rank[node], rank[other]))),
            ];
            for (int i = 0; i < lines.Length; i++)
            for (int j = 0; j < i; j++)
                if ((lines[i].A - lines[j].A) * (lines[i].B - lines[j].B) < 0)
                    crossings++;
        }
        return crossings;
    }

    double[] Place()
    {
        double[] places = new double[sizes.Count];
        foreach (List<int> layer in layers)
            Settle(layer, places, [.. layer.Select(_ => 0.0)]);
        for (int sweep = 0; sweep < Sweeps; sweep++)
            foreach (List<int> layer in sweep % 2 == 0 ? layers : Enumerable.Reverse(layers))
                Settle(
                    layer,
                    places,
                    [
                        .. layer.Select(node =>
                            above[node].Concat(below[node]).ToArray() is { Length: > 0 } others
                                ? others.Average(other => places[other])
                                : places[node]
                        ),
                    ]
                );
        double first = Enumerable.Range(0, sizes.Count).Min(node => places[node] - sizes[node] / 2);
        return [.. places.Select(place => place - first)];
    }

    // As near to the wishes as the order and the gaps allow, in least squares (pool adjacent violators).
    void Settle(List<int> layer, double[] places, double[] wishes)
    {
        double[] offsets = new double[layer.Count];
        for (int i = 1; i < layer.Count; i++)
            offsets[i] = offsets[i - 1] + (sizes[layer[i - 1]] + sizes[layer[i]]) / 2 + gap;
        var pools = new List<(double Sum, int Count)>();
        for (int i = 0; i < layer.Count; i++)
        {
            pools.Add((wishes[i] - offsets[i], 1));
            while (pools.Count > 1 && pools[^2].Sum / pools[^2].Count > pools[^1].Sum / pools[^1].Count)
            {
                (double sum, int count) = pools[^1];
                pools.RemoveAt(pools.Count - 1);
                pools[^1] = (pools[^1].Sum + sum, pools[^1].Count + count);
            }
        }
        int next = 0;
        foreach ((double sum, int count) in pools)
            for (int i = 0; i < count; i++, next++)
                places[layer[next]] = sum / count + offsets[next];
    }
}
