from pathlib import Path
from xml.etree import ElementTree

from course_tools.book.import_graph import describe, levels, svg
from course_tools.book.imports import Module, concept_graph, read_modules

MODULES = read_modules(Path(__file__).parents[2] / "course_lib")


def test_every_module_and_every_import_between_concepts_is_drawn():
    tree = ElementTree.fromstring(svg(MODULES))
    texts = [node.text for node in tree.iter() if node.tag == "text"]
    for module in MODULES.values():
        assert module.name.count(".") != 2 or module.name.rpartition(".")[2] in texts
    arrows = [node for node in tree if node.tag == "path"]
    assert len(arrows) == sum(len(below) for below in concept_graph(MODULES).values())


def test_boxes_do_not_overlap_and_lie_inside_the_picture():
    tree = ElementTree.fromstring(svg(MODULES))
    _, _, width, height = (float(v) for v in tree.get("viewBox").split())
    boxes = [[float(r.get(k)) for k in ("x", "y", "width", "height")] for r in tree.iter("rect")]
    assert len(boxes) == len(concept_graph(MODULES))
    for k, (x, y, w, h) in enumerate(boxes):
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
        for x2, y2, w2, h2 in boxes[:k]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y


def test_a_level_imports_only_from_levels_before_it():
    graph = concept_graph(MODULES)
    seen = set()
    for level in levels(graph):
        assert all(graph[concept] <= seen for concept in level)
        seen |= set(level)
    assert seen == graph.keys()


def test_the_description_is_a_sentence_and_names_are_escaped():
    modules = {"p.<a>.x": Module("p.<a>.x", 9, frozenset())}
    assert describe(modules) == "<a> (1 module) imports nothing."
    assert "<a>" not in svg(modules)
