"""Figures with sliders: widgets where a kernel runs, frames drawn beforehand in the page."""

import base64
import hashlib
import html
import io
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from PIL import Image

MOST_FRAMES = 30
PALETTE = 64
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

STYLE = """\
.frames{margin:1rem 0}
.frames img{display:block;max-width:100%;height:auto;background:#fff;border-radius:4px}
.frames-controls{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:.5rem 0}
.frames-controls[hidden]{display:none}
.frames-control{display:flex;flex:1 1 16rem;align-items:center;gap:.6rem;min-width:0}
.frames-control label{display:flex;flex:1;flex-wrap:wrap;align-items:center;gap:0 .6rem}
.frames-control input{flex:1 1 8rem;min-width:0;min-height:1.75rem;accent-color:#0072b2}
.frames-control output{min-width:4ch;text-align:right;font-variant-numeric:tabular-nums}
.frames-status{position:absolute;width:1px;height:1px;margin:-1px;padding:0;overflow:hidden;\
clip-path:inset(50%);white-space:nowrap}
@media print{.frames-controls{display:none}}"""

SCRIPT = """\
(function () {
  var here = document.currentScript;
  var figure = here ? here.closest("figure") : document.getElementById("@ID@");
  var data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  var image = figure.querySelector("img"), status = figure.querySelector(".frames-status");
  var sliders = Array.from(figure.querySelectorAll("input"));
  function show() {
    var frame = 0;
    sliders.forEach(function (slider, i) {
      var text = data.controls[i].values[slider.valueAsNumber];
      frame = frame * data.controls[i].values.length + slider.valueAsNumber;
      slider.setAttribute("aria-valuetext", text);
      slider.closest(".frames-control").querySelector("output").textContent = text;
    });
    image.src = data.frames[frame].src;
    image.alt = data.frames[frame].alt;
  }
  sliders.forEach(function (slider) {
    slider.addEventListener("input", show);
    slider.addEventListener("change", function () { show(); status.textContent = image.alt; });
  });
  figure.querySelector(".frames-controls").hidden = false;
  show();
})();"""


@dataclass(frozen=True)
class Control:
    """One slider: the values it stops at, and how they read.

    Args:
        values: the stops, in order; the first is shown first.
        label: the words beside the slider; by default the argument's name.
        format: how a value is printed, as for ``str.format``.

    >>> Control([0.5, 1.0], label="spectral radius", format="{:.2f}").texts
    ['0.50', '1.00']
    """

    values: Sequence[Any]
    label: str | None = None
    format: str = "{}"

    @property
    def texts(self) -> list[str]:
        """The labels of the values."""
        return [self.format.format(value) for value in self.values]


@dataclass(frozen=True)
class Frame:
    """One picture of an interactive figure and the sentence that stands for it."""

    png: bytes
    alt: str

    @property
    def src(self) -> str:
        """The picture as an address that needs no server."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")


class SliderFigure:
    """A figure that a reader changes with sliders, with or without a kernel.

    As the last expression of a cell it shows sliders of ipywidgets in JupyterLab. What is
    stored in the notebook, and published, is one HTML figure that holds every frame, with
    plain range inputs and a few lines of script.

    Args:
        draw: takes one value of each control by name, returns a matplotlib figure.
        describe: takes the same, returns the text alternative of that frame: a full
            sentence that says what the picture shows.
        **controls: a `Control`, or a plain list of values, for each argument.

    Raises:
        ValueError: there is no control, a control has no value, there are more than 30
            frames, or a description is not a sentence.

    >>> def draw(slope):
    ...     figure, axes = plt.subplots()
    ...     axes.plot([0, 1], [0, slope])
    ...     return figure
    >>> SliderFigure(draw, "A line of slope {slope} through the origin.".format, slope=[1, 2])
    <Frames: slope (2 values), 2 frames>
    """

    def __init__(
        self,
        draw: Callable[..., Figure],
        describe: Callable[..., str],
        **controls: Control | Sequence[Any],
    ) -> None:
        if not controls:
            raise ValueError("controls: expected at least one, as in rho=[0.5, 1.0], got none")
        self.draw = draw
        self.describe = describe
        self.controls: dict[str, Control] = {}
        count = 1
        for name, given in controls.items():
            control = given if isinstance(given, Control) else Control(tuple(given))
            if len(control.values) == 0:
                raise ValueError(f"{name}: expected at least one value, got none")
            label = control.label or name.replace("_", " ")
            self.controls[name] = Control(tuple(control.values), label, control.format)
            count *= len(control.values)
        if count > MOST_FRAMES:
            raise ValueError(f"controls: expected at most {MOST_FRAMES} frames, got {count}")
        names = list(self.controls)
        stops = [control.values for control in self.controls.values()]
        self.settings = [
            dict(zip(names, combination, strict=True)) for combination in itertools.product(*stops)
        ]
        self.alts = [_sentence(describe(**setting), setting) for setting in self.settings]

    @cached_property
    def frames(self) -> list[Frame]:
        """Every frame, the last control changing fastest; drawn on first use."""
        layout = Layout()
        return [
            Frame(_png(self.draw(**setting), layout), alt)
            for setting, alt in zip(self.settings, self.alts, strict=True)
        ]

    def __repr__(self) -> str:
        # Lessons store this text beside the page, so its wording is part of their outputs.
        listed = ", ".join(
            f"{name} ({len(control.values)} values)" for name, control in self.controls.items()
        )
        return f"<Frames: {listed}, {len(self.settings)} frames>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/plain": repr(self), "text/html": self.to_html()}
        if _kernel_is_live():
            view = self.widget()._repr_mimebundle_()
            bundle[WIDGET_VIEW] = view[WIDGET_VIEW]
        return bundle

    def widget(self) -> Any:
        """The figure as sliders above a picture, for a kernel that is running."""
        import ipywidgets

        sliders = [
            ipywidgets.SelectionSlider(
                options=[(text, i) for i, text in enumerate(control.texts)],
                description=str(control.label),
                style={"description_width": "initial"},
                layout={"width": "24em", "max_width": "100%"},
            )
            for control in self.controls.values()
        ]
        picture = ipywidgets.HTML()

        def show(_change: Any = None) -> None:
            frame = self.frames[self._position([slider.value for slider in sliders])]
            picture.value = (
                f'<img src="{frame.src}" alt="{html.escape(frame.alt)}" style="max-width:100%">'
            )

        for slider in sliders:
            slider.observe(show, names="value")
        show()
        return ipywidgets.VBox([*sliders, picture])

    def _position(self, stops: Sequence[int]) -> int:
        """Where the frame of these stops stands in the list, the last changing fastest."""
        position = 0
        for stop, control in zip(stops, self.controls.values(), strict=True):
            position = position * len(control.values) + stop
        return position

    def to_html(self) -> str:
        """The figure as one element that needs no kernel, no server and no library.

        The same inputs give the same bytes. Without script the first frame is shown and
        the sliders stay hidden.
        """
        data = {
            "controls": [
                {"label": control.label, "values": control.texts}
                for control in self.controls.values()
            ],
            "frames": [{"alt": frame.alt, "src": frame.src} for frame in self.frames],
        }
        # The name depends on the words alone, so that it survives a change of a few pixels.
        words = json.dumps([data["controls"], self.alts])
        name = "frames-" + hashlib.sha256(words.encode()).hexdigest()[:12]
        first = self.frames[0]
        width, height = Image.open(io.BytesIO(first.png)).size
        rows = "\n".join(
            f'<div class="frames-control"><label>{html.escape(str(control.label))} '
            f'<input type="range" min="0" max="{len(control.values) - 1}" step="1" value="0" '
            f'autocomplete="off" aria-valuetext="{html.escape(control.texts[0])}"></label>'
            f'<output aria-live="off">{html.escape(control.texts[0])}</output></div>'
            for control in self.controls.values()
        )
        return (
            f'<figure class="frames" id="{name}" style="max-width:{width}px">\n'
            f"<style>{STYLE}</style>\n"
            f'<img src="{first.src}" alt="{html.escape(first.alt)}" '
            f'width="{width}" height="{height}">\n'
            f'<div class="frames-controls" hidden>\n{rows}\n</div>\n'
            '<p class="frames-status" aria-live="polite"></p>\n'
            f'<script type="application/json">{_json_for_html(data)}</script>\n'
            f"<script>{SCRIPT.replace('@ID@', name)}</script>\n</figure>"
        )


def _sentence(alt: Any, setting: Mapping[str, Any]) -> str:
    """Refuse a text alternative that is not a sentence of four words or more."""
    if not (isinstance(alt, str) and alt.strip().endswith(".") and len(alt.split()) >= 4):
        raise ValueError(
            f"describe: expected a sentence of four words or more that ends in a period, "
            f"got {alt!r} for {dict(setting)}"
        )
    return alt.strip()


@dataclass
class Layout:
    """Where the axes of a series of figures stand, so that they do not jump between frames.

    To lay a figure out takes longer than to draw it: each goes by the one before.
    """

    size: tuple[float, ...] = ()
    places: list[Bbox] = field(default_factory=list)

    def draw(self, figure: Figure) -> np.ndarray:
        """The figure's pixels; it is laid out itself if the places do not fit it."""
        canvas = FigureCanvasAgg(figure)
        engine = figure.get_layout_engine()
        size = tuple(figure.get_size_inches())
        if engine is not None and self.size == size and len(self.places) == len(figure.axes):
            figure.set_layout_engine("none")
            for axes, place in zip(figure.axes, self.places, strict=True):
                axes.set_position(place, which="original")
            canvas.draw()
            pixels = np.asarray(canvas.buffer_rgba())
            if not _is_cut_off(pixels):
                return pixels
            figure.set_layout_engine(engine)
            for axes in figure.axes:
                axes.set_in_layout(True)
        canvas.draw()
        self.size = size
        self.places = [axes.get_position(original=True) for axes in figure.axes]
        return np.asarray(canvas.buffer_rgba())


def _is_cut_off(pixels: np.ndarray) -> bool:
    """Whether something reaches the border, which a layout leaves empty.

    Three pixels of it are looked at: one might lie between two letters.
    """
    edges = [pixels[:3], pixels[-3:], pixels[:, :3], pixels[:, -3:]]
    return any((edge != pixels[0, 0]).any() for edge in edges)


def _png(figure: Any, layout: Layout) -> bytes:
    """The figure in 64 colours, with nothing in the file but the picture."""
    if not isinstance(figure, Figure):
        raise ValueError(f"draw: expected a matplotlib Figure, got {type(figure).__name__}")
    picture = Image.fromarray(layout.draw(figure)).convert("RGB")
    plt.close(figure)
    picture = picture.quantize(PALETTE, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small = io.BytesIO()
    picture.save(small, format="png", optimize=True)
    return small.getvalue()


def _json_for_html(data: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _kernel_is_live() -> bool:
    """Whether this process is a Jupyter kernel, where widgets have somebody to talk to."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None
