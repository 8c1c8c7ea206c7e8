"""Figures with sliders: widgets where a kernel runs, frames drawn beforehand in the page."""

import html
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from course_lib.viz.picture import SCALE, is_drawing, shown_size, small_png
from course_lib.viz.slider_page import address, choice_row, figure_html, slider_row

MOST_FRAMES = 30
PALETTE = 64
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Control:
    """One slider: the values it stops at, and how they read.

    Args:
        values: the stops, in order.
        label: the words beside the slider; by default the argument's name. An index after
            a single letter, as in ``W_hh``, is set as an index.
        format: how a value is printed, as for ``str.format``.
        start: the value that is shown first; by default the first of them.

    Raises:
        ValueError: ``start`` is none of the values.

    >>> Control([0.5, 1.0], label="spectral radius", format="{:.2f}").texts
    ['0.50', '1.00']
    >>> Control([10, 100, 1000], start=100).first
    1
    """

    values: Sequence[Any]
    label: str | None = None
    format: str = "{}"
    start: Any = None

    def __post_init__(self) -> None:
        if self.start is not None and self.start not in list(self.values):
            listed = ", ".join(repr(value) for value in self.values)
            raise ValueError(f"start: expected one of {listed}, got {self.start!r}")

    @property
    def texts(self) -> list[str]:
        """The labels of the values."""
        return [self.format.format(value) for value in self.values]

    @property
    def first(self) -> int:
        """The position of the value that is shown first."""
        return 0 if self.start is None else list(self.values).index(self.start)

    def row(self, name: str) -> str:
        """The control in a page, for the argument ``name`` of the drawing."""
        return slider_row(str(self.label or name), self.texts, self.first)

    def widget(self) -> Any:
        """The control in JupyterLab; its value is the position of a stop."""
        import ipywidgets

        return ipywidgets.SelectionSlider(
            options=[(text, stop) for stop, text in enumerate(self.texts)],
            index=self.first,
            description=str(self.label),
            style={"description_width": "initial"},
            layout={"width": "24em", "max_width": "100%"},
        )


@dataclass(frozen=True)
class Choice(Control):
    """A choice between kinds that have no order: a row of buttons, one of them pressed.

    Takes what `Control` takes; the values, as they are printed, stand on the buttons.

    >>> Choice(["tanh", "logistic"], label="nonlinearity", start="logistic").first
    1
    """

    def row(self, name: str) -> str:
        """The buttons in a page, for the argument ``name`` of the drawing."""
        return choice_row(name, str(self.label or name), self.texts, self.first)

    def widget(self) -> Any:
        """The buttons in JupyterLab; their value is the position of the one pressed."""
        import ipywidgets

        return ipywidgets.ToggleButtons(
            options=[(text, stop) for stop, text in enumerate(self.texts)],
            index=self.first,
            description=str(self.label),
            style={"description_width": "initial", "button_width": "auto"},
        )


@dataclass(frozen=True)
class Frame:
    """One picture of an interactive figure and the sentence that stands for it."""

    png: bytes
    alt: str

    @property
    def src(self) -> str:
        """The picture as an address that needs no server."""
        return address(self.png)


class SliderFigure:
    """A figure that a reader changes with sliders and buttons, with or without a kernel.

    As the last expression of a cell it shows sliders of ipywidgets in JupyterLab. What is
    stored in the notebook, and published, is one piece of HTML that holds every frame, with
    plain inputs and a few lines of script. The cell's metadata give it a number and a
    caption (``mystnb: figure:`` with ``caption`` and ``name``), as for any figure.

    Args:
        draw: takes one value of each control by name, returns a matplotlib figure.
        describe: takes the same, returns the text alternative of that frame: a full
            sentence that says what the picture shows.
        **controls: a `Control`, a `Choice`, or a plain list of values, for each argument.

    Raises:
        ValueError: there is no control, a control has no value, there are more than 30
            frames, or a description is not a sentence.

    >>> def draw(slope):
    ...     figure, axes = plt.subplots()
    ...     axes.plot([0, 1], [0, slope])
    ...     return figure
    >>> SliderFigure(draw, "A line of slope {slope} through the origin.".format, slope=[1, 2])
    <SliderFigure: slope (2 values), 2 frames>
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
            self.controls[name] = replace(control, values=tuple(control.values), label=label)
            count *= len(control.values)
        if count > MOST_FRAMES:
            raise ValueError(f"controls: expected at most {MOST_FRAMES} frames, got {count}")
        stops = [
            [(name, value) for value in control.values] for name, control in self.controls.items()
        ]
        self.settings = [dict(combination) for combination in itertools.product(*stops)]
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
        return f"<SliderFigure: {listed}, {len(self.settings)} frames>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/plain": repr(self), "text/html": self.to_html()}
        if _kernel_is_live():
            view = self.widget()._repr_mimebundle_()
            bundle[WIDGET_VIEW] = view[WIDGET_VIEW]
        return bundle

    def widget(self) -> Any:
        """The figure as sliders and buttons above a picture, for a kernel that is running."""
        import ipywidgets

        inputs = [control.widget() for control in self.controls.values()]
        picture = ipywidgets.HTML()

        def show(_change: Any = None) -> None:
            frame = self.frames[self._position([one.value for one in inputs])]
            picture.value = (
                f'<img src="{frame.src}" alt="{html.escape(frame.alt)}" '
                f'width="{shown_size(frame.png)[0]}" style="max-width:100%">'
            )

        for one in inputs:
            one.observe(show, names="value")
        show()
        return ipywidgets.VBox([*inputs, picture])

    def _position(self, stops: Sequence[int]) -> int:
        """Where the frame of these stops stands in the list, the last changing fastest."""
        sizes = [len(control.values) for control in self.controls.values()]
        return int(np.ravel_multi_index(tuple(stops), sizes))

    def to_html(self) -> str:
        """The figure as one element that needs no kernel, no server and no library.

        The same inputs give the same bytes. Without script the frame of the starting
        values is shown, and no inputs.
        """
        return figure_html(
            [(str(control.label), control.texts) for control in self.controls.values()],
            [control.row(name) for name, control in self.controls.items()],
            [(frame.alt, frame.png) for frame in self.frames],
            self._position([control.first for control in self.controls.values()]),
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
        """The figure's pixels, twice as many; it is laid out itself if the places do not fit."""
        figure.set_dpi(SCALE * figure.get_dpi())
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

    Some pixels of it are looked at: one might lie between two letters.
    """
    wide = 3 * SCALE
    edges = [pixels[:wide], pixels[-wide:], pixels[:, :wide], pixels[:, -wide:]]
    return any((edge != pixels[0, 0]).any() for edge in edges)


def _png(figure: Any, layout: Layout) -> bytes:
    """The figure in 64 colours, with nothing in the file but the picture."""
    if not isinstance(figure, Figure):
        raise ValueError(f"draw: expected a matplotlib Figure, got {type(figure).__name__}")
    pixels = layout.draw(figure)
    plt.close(figure)
    return small_png(pixels, PALETTE, drawing=is_drawing(figure))


def _kernel_is_live() -> bool:
    """Whether this process is a Jupyter kernel, where widgets have somebody to talk to."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return getattr(get_ipython(), "kernel", None) is not None
