"""The map: its legs join up, and nothing stands outside the picture."""

import matplotlib.pyplot as plt

from course_lib.viz import style
from course_lib.viz.risk_map import LEGS, PLACES, risk_map


def test_the_legs_join_up_and_end_at_the_truth():
    assert [leg[0] for leg in LEGS] == ["iterate", "empirical", "best"]
    assert [leg[1] for leg in LEGS] == ["empirical", "best", "truth"]
    assert [leg[2] for leg in LEGS] == ["optimization", "estimation", "approximation"]


def test_every_text_lies_inside_and_none_covers_another():
    style.use()
    fig, ax = plt.subplots()
    assert risk_map(ax) is ax
    fig.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text()]
    assert len(boxes) == len(PLACES) + len(LEGS) + 2
    frame = ax.get_window_extent()
    for i, box in enumerate(boxes):
        assert frame.x0 <= box.x0
        assert box.x1 <= frame.x1
        assert frame.y0 <= box.y0
        assert box.y1 <= frame.y1
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])
    plt.close(fig)
