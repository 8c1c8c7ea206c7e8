"""What an interactive figure is in a page: names, rows of inputs, labels, addresses."""

import base64
import io
import re

import pytest
from PIL import Image

from course_lib.viz.slider_page import address, choice_row, figure_html, label_html, slider_row


def picture(width=6, height=4):
    held = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(held, format="png")
    return held.getvalue()


def page(first=0, alt="Another picture than before."):
    frames = [("A white picture of one colour.", picture()), (alt, picture(6, 6))]
    return figure_html([("steps", ["1", "2"])], [slider_row("steps", ["1", "2"], 0)], frames, first)


def test_the_first_frame_gives_size_and_alternative():
    assert 'alt="A white picture of one colour." width="3" height="2">' in page()
    assert 'alt="Another picture than before." width="3" height="3">' in page(1)


def test_script_and_element_share_a_name_that_follows_the_words():
    names = [re.search(r'id="([^"]+)"', text)[1] for text in (page(), page(1), page(0, "Other."))]
    assert len(set(names)) == 3
    assert all(re.fullmatch(r"frames-[0-9a-f]{12}", name) for name in names)
    assert f'getElementById("{names[0]}")' in page()
    assert "@ID@" not in page()


def test_words_of_any_language_are_written_as_they_are():
    assert page(alt="Друга картина: λ grows.").count("Друга картина: λ grows.") == 1


def test_data_cannot_end_their_element():
    text = page(alt="</script> & <b> stand here.")
    block = re.search(r'"application/json">(.*?)</script>', text, re.DOTALL)[1]
    assert not set("<>&") & set(block)
    assert r"\u003c/script\u003e \u0026 \u003cb\u003e" in block


@pytest.mark.parametrize("start", [0, 1, 2])
def test_rows_begin_where_they_are_told_to(start):
    texts = ["a", "b", "c"]
    slider, buttons = slider_row("steps", texts, start), choice_row("kind", "kind", texts, start)
    assert f'value="{start}"' in slider
    assert f'aria-valuetext="{texts[start]}"' in slider
    assert f">{texts[start]}</output>" in slider
    assert re.findall(r'value="(\d)" autocomplete="off" checked', buttons) == [str(start)]
    assert buttons.count('type="radio" name="kind"') == 3


def test_rows_are_text():
    for row in (slider_row("<i>", ['"<'], 0), choice_row('"<', "<i>", ["<b>"], 0)):
        assert "<i>" not in row
        assert "<b>" not in row
        assert '"<"' not in row


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("norm of W_hh", "norm of <i>W</i><sub>hh</sub>"),
        ("n_1 & n_2", "<i>n</i><sub>1</sub> &amp; <i>n</i><sub>2</sub>"),
        ("spectral_radius", "spectral_radius"),
        ("a < b", "a &lt; b"),
    ],
)
def test_an_index_is_set_as_one(text, shown):
    assert label_html(text) == shown


def test_an_address_holds_the_picture():
    head, _, data = address(picture()).partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data) == picture()
