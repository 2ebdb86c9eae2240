"""Makes the values that `counterflow graph` is compared with, by networkx: make.py FOLDER (needs networkx and numpy).

Two seeded graphs, one directed with weights and one not, with vertices of very different degree, loops and repeats left out, parts that are
not connected, and ids that are text.
"""
import csv, random, sys
import networkx as nx

FOLDER = sys.argv[1]


def edges(seed, directed):
    chance = random.Random(seed)
    found = {}
    for _ in range(150):
        a, b = (int(40 * chance.random() * chance.random()) for _ in range(2))
        if a == b or (not directed and (b, a) in found):
            continue
        found[a, b] = chance.choice([0.5, 1.0, 2.25, 3.0, 10.0])
    # A path, a pair and a ring of their own.
    for a, b in [(50, 51), (51, 52), (52, 53), (60, 61), (70, 71), (71, 72), (72, 70)]:
        found[a, b] = 1.0
    return found


def name(vertex):
    return "v%02d" % vertex


def write(path, header, rows):
    with open(path, "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


for kind, directed in (("directed", True), ("undirected", False)):
    found = edges(7 if directed else 8, directed)
    write(f"{FOLDER}/{kind}.csv", ["source", "target", "weight"], [(name(a), name(b), w) for (a, b), w in found.items()])
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_weighted_edges_from((a, b, w) for (a, b), w in found.items())
    plain = graph.to_undirected()
    hubs, authorities = nx.hits(graph, max_iter=10000, tol=1e-14)
    columns = {
        "degree": dict(graph.degree()),
        "strength": dict(graph.degree(weight="weight")),
        "pagerank": nx.pagerank(graph, tol=1e-15, max_iter=10000),
        "hub": hubs,
        "authority": authorities,
        "core": nx.core_number(plain),
        "triangles": nx.triangles(plain),
        "clustering": nx.clustering(plain),
        "betweenness": nx.betweenness_centrality(graph),
        "closeness": nx.closeness_centrality(graph),
        "harmonic": nx.harmonic_centrality(graph),
        "cut_vertex": {vertex: str(vertex in set(nx.articulation_points(plain))).lower() for vertex in graph},
    }
    if directed:
        columns["degree_in"], columns["degree_out"] = dict(graph.in_degree()), dict(graph.out_degree())
        columns["strength_in"] = dict(graph.in_degree(weight="weight"))
        columns["strength_out"] = dict(graph.out_degree(weight="weight"))
    rows = [[name(vertex)] + [columns[column][vertex] for column in columns] for vertex in sorted(graph)]
    write(f"{FOLDER}/{kind}_measures.csv", ["id", *columns], rows)
    whole = {
        "components": len(list(nx.connected_components(plain))),
        "strong_components": len(list(nx.strongly_connected_components(graph) if directed else nx.connected_components(graph))),
        "transitivity": nx.transitivity(plain),
        "mean_clustering": nx.average_clustering(plain),
        "bridges": len(list(nx.bridges(plain))),
        "assortativity": nx.degree_assortativity_coefficient(graph),
        "networkx": nx.__version__,
    }
    write(f"{FOLDER}/{kind}_whole.csv", ["name", "value"], whole.items())
    links = {
        "common_neighbours": ((a, b, len(list(nx.common_neighbors(plain, a, b)))) for a, b in nx.non_edges(plain)),
        "jaccard": nx.jaccard_coefficient(plain),
        "adamic_adar": nx.adamic_adar_index(plain),
        "resource_allocation": nx.resource_allocation_index(plain),
        "preferential_attachment": nx.preferential_attachment(plain),
    }
    if not directed:
        rows = []
        for method, pairs in links.items():
            for a, b, strength in pairs:
                if any(True for _ in nx.common_neighbors(plain, a, b)):
                    rows.append((method, *sorted((name(a), name(b))), strength))
        write(f"{FOLDER}/{kind}_links.csv", ["method", "left", "right", "strength"], sorted(rows))
