"""Interactive figures: what is stored, and what a live kernel shows."""

import base64
import io
import json
import re
import sys
from html.parser import HTMLParser
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from course_lib.viz import slider_figure, style
from course_lib.viz.slider_figure import WIDGET_VIEW, Choice, Control, SliderFigure


def draw(slope, shift=0):
    figure, axes = plt.subplots(figsize=(2, 1.2))
    axes.plot([0, 1], [shift, shift + slope])
    return figure


def describe(slope, shift=0):
    return f"A line of slope {slope} starts at {shift}."


def example(**controls):
    return SliderFigure(draw, describe, **(controls or {"slope": [1, 2, 3], "shift": [0, 5]}))


class Page(HTMLParser):
    """The elements of a piece of HTML, and the data of its JSON block."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.data, self.open = [], [], None, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in {"img", "input"}:
            self.open.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        inside, attrs = self.open[-1] if self.open else ("", {})
        if inside == "script" and attrs.get("type") == "application/json":
            self.data = json.loads(data)
        elif inside not in {"script", "style"}:
            self.texts.append(data.strip())

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


class TestStored:
    def test_one_figure_with_everything_in_it(self):
        page = Page(example().to_html())
        assert page.open == []
        (image,) = page.all("img")
        assert image["alt"] == "A line of slope 1 starts at 0."
        sliders = page.all("input")
        assert [(slider["min"], slider["max"]) for slider in sliders] == [("0", "2"), ("0", "1")]
        assert [slider["aria-valuetext"] for slider in sliders] == ["1", "0"]
        assert len(page.all("label")) == len(page.all("output")) == 2
        assert "slope" in page.texts
        assert [control["values"] for control in page.data["controls"]] == [
            ["1", "2", "3"],
            ["0", "5"],
        ]
        assert [frame["alt"] for frame in page.data["frames"]] == [
            describe(slope, shift) for slope in (1, 2, 3) for shift in (0, 5)
        ]
        assert page.data["frames"][0]["src"] == image["src"]

    def test_it_starts_where_it_is_told_to(self):
        page = Page(
            example(slope=Control([1, 2, 3], start=3), shift=Choice([0, 5], start=5)).to_html()
        )
        (image,) = page.all("img")
        assert image["alt"] == "A line of slope 3 starts at 5."
        assert image["src"] == page.data["frames"][5]["src"]
        slider, *buttons = page.all("input")
        assert (slider["value"], slider["aria-valuetext"]) == ("2", "3")
        assert ["checked" in button for button in buttons] == [False, True]

    def test_a_choice_is_a_named_group_of_buttons(self):
        kind = Choice([0, 5], label="norm of W_hh", format="<b>{}")
        page = Page(example(slope=[1, 2], shift=kind).to_html())
        assert page.open == []
        _, *buttons = page.all("input")
        assert [(one["type"], one["name"], one["value"]) for one in buttons] == [
            ("radio", "shift", "0"),
            ("radio", "shift", "1"),
        ]
        assert len(page.all("fieldset")) == len(page.all("legend")) == 1
        assert {"norm of", "W", "hh", "<b>0", "<b>5"} <= set(page.texts)
        assert [control["values"] for control in page.data["controls"]] == [
            ["1", "2"],
            ["<b>0", "<b>5"],
        ]

    def test_a_number_and_a_caption_may_stand_around_it(self):
        # The page's figure, with its number, is the element around this one.
        assert not {"figure", "figcaption"} & {tag for tag, _ in Page(example().to_html()).elements}

    def test_controls_are_hidden_until_the_script_runs(self):
        (controls,) = (
            attrs
            for attrs in Page(example().to_html()).all("form")
            if attrs["class"] == "frames-controls"
        )
        assert "hidden" in controls

    def test_changes_are_announced_politely(self):
        (status,) = Page(example().to_html()).all("p")
        assert status["aria-live"] == "polite"

    def test_nothing_is_fetched(self):
        text = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "", example().to_html())
        assert not re.search(r"https?:|//|url\(|@import", text)

    def test_the_same_bytes_every_time(self):
        assert example().to_html() == example().to_html()

    def test_pictures_are_small_and_bare(self):
        frame = example().frames[0]
        image = Image.open(io.BytesIO(frame.png))
        assert image.mode == "P"
        assert len(image.getcolors()) <= 64
        assert image.info.keys() <= {"transparency", "kind"}
        assert b"Software" not in frame.png
        assert base64.b64decode(frame.src.partition(",")[2]) == frame.png

    def test_axes_stay_where_they_are_unless_something_would_be_cut_off(self):
        style.use()
        places, layout = [], slider_figure.Layout()
        for label in ("1", "2", "one hundred", "1"):
            figure, axes = plt.subplots(figsize=(4, 3))
            axes.set_yticks([0.5], [label])
            pixels = layout.draw(figure)
            assert not slider_figure._is_cut_off(pixels)
            places.append(figure.axes[0].get_position().x0)
            plt.close(figure)
        assert places[0] == places[1]
        assert places[2] > places[1] + 0.05
        assert places[3] == places[2]
        other, _ = plt.subplots(1, 2, figsize=(4, 1.2))
        layout.draw(other)
        assert len(layout.places) == 2
        plt.close(other)

    def test_every_frame_has_the_pixels_of_a_file_of_twice_the_dots(self):
        style.use()
        layout = slider_figure.Layout()
        for _ in range(2):
            saved, drawn, file = draw(1), draw(1), io.BytesIO()
            saved.savefig(file, format="png", dpi=2 * saved.dpi)
            np.testing.assert_array_equal(layout.draw(drawn), np.asarray(Image.open(file)))
            plt.close(saved)
            plt.close(drawn)

    def test_axes_after_flat_ones_have_the_whole_height_again(self):
        style.use()
        layout, heights = slider_figure.Layout(), []
        for aspect in (0.1, None):
            figure = draw(1)
            figure.axes[0].set_box_aspect(aspect)
            layout.draw(figure)
            heights.append(figure.axes[0].get_position().height)
            plt.close(figure)
        assert heights[0] < 0.2
        assert heights[1] > 0.6

    def test_every_frame_shows_its_own_values(self):
        assert len({frame.png for frame in example().frames}) == 6

    def test_names_differ_between_figures_and_stay_when_pixels_move(self):
        def name(figure):
            return Page(figure.to_html()).all("div")[0]["id"]

        def thicker(slope):
            figure = draw(slope)
            figure.axes[0].lines[0].set_linewidth(9)
            return figure

        first, second = example(slope=[1, 2]), example(slope=[1, 3])
        assert name(first) != name(second)
        assert name(first) != name(example(slope=Control([1, 2], start=2)))
        assert name(first) == name(SliderFigure(thicker, describe, slope=[1, 2]))

    def test_labels_and_descriptions_are_text(self):
        evil = "</script><img src=x onerror=alert(1)>\"'&"
        figure = SliderFigure(
            lambda x: draw(x),
            lambda x: f"This says {evil} {x}.",
            x=Control([1, 2], label=evil, format=evil.replace("{", "") + "{}"),
        )
        page = Page(figure.to_html())
        (image,) = page.all("img")
        assert set(image) == {"class", "src", "alt", "width", "height"}
        assert image["alt"] == f"This says {evil} 1."
        assert page.data["frames"][1]["alt"] == f"This says {evil} 2."
        assert evil in page.texts
        assert page.open == []
        block = re.search(r'"application/json">(.*?)</script>', figure.to_html(), re.DOTALL)[1]
        assert not set("<>&") & set(block)

    def test_figures_are_closed(self):
        before = plt.get_fignums()
        example().to_html()
        assert plt.get_fignums() == before

    def test_without_a_kernel_no_widget(self):
        bundle = example()._repr_mimebundle_()
        assert set(bundle) == {"text/html", "text/plain"}
        assert (
            bundle["text/plain"] == "<SliderFigure: slope (3 values), shift (2 values), 6 frames>"
        )


class TestControls:
    def test_labels_and_formats(self):
        figure = example(slope=Control([1, 2], label="steepness", format="{:.2f}"))
        assert figure.controls["slope"].texts == ["1.00", "2.00"]
        assert figure.controls["slope"].label == "steepness"

    def test_a_name_becomes_a_label(self):
        figure = SliderFigure(
            lambda spectral_radius: draw(spectral_radius),
            lambda spectral_radius: f"A line of slope {spectral_radius}.",
            spectral_radius=(1, 2),
        )
        assert figure.controls["spectral_radius"].label == "spectral radius"


class TestErrors:
    def test_no_control(self):
        with pytest.raises(ValueError, match="controls: expected at least one"):
            SliderFigure(draw, describe)

    def test_no_value(self):
        with pytest.raises(ValueError, match="slope: expected at least one value"):
            SliderFigure(draw, describe, slope=[])

    @pytest.mark.parametrize("kind", [Control, Choice])
    def test_no_such_start(self, kind):
        with pytest.raises(ValueError, match=r"start: expected one of 1, 2, got 3"):
            kind([1, 2], start=3)

    def test_too_many_frames(self):
        with pytest.raises(ValueError, match="at most 30 frames, got 31"):
            SliderFigure(draw, describe, slope=list(range(31)))
        with pytest.raises(ValueError, match="at most 30 frames, got 36"):
            SliderFigure(draw, describe, slope=list(range(6)), shift=list(range(6)))
        SliderFigure(draw, describe, slope=list(range(6)), shift=list(range(5)))

    @pytest.mark.parametrize("text", ["A line of slope one", "Too short.", "", None, 7])
    def test_no_sentence(self, text):
        with pytest.raises(ValueError, match="describe: expected a sentence"):
            SliderFigure(draw, lambda slope: text, slope=[1, 2])

    def test_four_words_are_a_sentence(self):
        assert SliderFigure(draw, lambda slope: " It goes up now. ", slope=[1]).alts == [
            "It goes up now."
        ]
        with pytest.raises(ValueError, match="describe: expected a sentence"):
            SliderFigure(draw, lambda slope: "It goes up.", slope=[1])

    def test_every_description_is_looked_at(self):
        with pytest.raises(ValueError, match=r"got '' for \{'slope': 2\}"):
            SliderFigure(draw, lambda slope: "" if slope == 2 else describe(slope), slope=[1, 2])

    def test_no_figure(self):
        with pytest.raises(ValueError, match="draw: expected a matplotlib Figure, got int"):
            SliderFigure(lambda slope: 7, describe, slope=[1, 2]).to_html()


class TestLive:
    def test_moving_a_slider_changes_picture_and_alternative(self):
        figure = example()
        *sliders, picture = figure.widget().children
        assert [slider.description for slider in sliders] == ["slope", "shift"]
        assert figure.frames[0].src in picture.value
        assert 'alt="A line of slope 1 starts at 0."' in picture.value
        sliders[0].value = 2
        assert 'alt="A line of slope 3 starts at 0."' in picture.value
        assert figure.frames[4].src in picture.value
        sliders[1].value = 1
        assert 'alt="A line of slope 3 starts at 5."' in picture.value
        assert figure.frames[5].src in picture.value

    def test_it_starts_where_it_is_told_to(self):
        figure = example(slope=Control([1, 2, 3], start=2), shift=Choice([0, 5], start=5))
        slider, buttons, picture = figure.widget().children
        assert (slider.value, buttons.value) == (1, 1)
        assert figure.frames[3].src in picture.value

    def test_a_choice_is_buttons(self):
        kind = Choice([0, 5], label="kind", format="at {}")
        slider, buttons, picture = example(slope=[1, 2], shift=kind).widget().children
        assert type(buttons).__name__ == "ToggleButtons"
        assert buttons.description == "kind"
        assert buttons.options == (("at 0", 0), ("at 5", 1))
        buttons.value = 1
        assert 'alt="A line of slope 1 starts at 5."' in picture.value
        slider.value = 1
        assert 'alt="A line of slope 2 starts at 5."' in picture.value

    def test_sliders_read_as_formatted(self):
        slider, _ = example(slope=Control([1, 2], format="{:.1f}")).widget().children
        assert slider.options == (("1.0", 0), ("2.0", 1))
        assert slider.label == "1.0"

    def test_alternatives_are_text(self):
        figure = SliderFigure(draw, lambda slope: f"A <b> & a 'quote' \" {slope}.", slope=[1, 2])
        _, picture = figure.widget().children
        assert "A &lt;b&gt; &amp; a &#x27;quote&#x27; &quot; 1." in picture.value

    def test_without_ipython_there_is_no_kernel(self, monkeypatch):
        assert slider_figure._kernel_is_live() is False
        monkeypatch.setitem(sys.modules, "IPython", None)
        assert slider_figure._kernel_is_live() is False

    def test_a_kernel_is_what_the_shell_of_ipython_has(self, monkeypatch):
        monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=object()))
        assert slider_figure._kernel_is_live() is True
        monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=None))
        assert slider_figure._kernel_is_live() is False

    def test_the_last_control_changes_fastest(self):
        figure = example(slope=[1, 2, 3], shift=[0, 5])
        *sliders, picture = figure.widget().children
        for i in range(3):
            for j in range(2):
                sliders[0].value, sliders[1].value = i, j
                assert f'alt="{figure.frames[2 * i + j].alt}"' in picture.value
        width = slider_figure.shown_size(figure.frames[0].png)[0]
        assert f'width="{width}"' in picture.value

    def test_a_kernel_gets_the_widget_and_the_page(self, monkeypatch):
        monkeypatch.setattr(slider_figure, "_kernel_is_live", lambda: True)
        bundle = example()._repr_mimebundle_()
        assert set(bundle) == {"text/html", "text/plain", WIDGET_VIEW}
        assert bundle[WIDGET_VIEW]["model_id"]
