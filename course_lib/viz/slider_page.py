"""What an interactive figure is in a page: one element with its frames, inputs and script."""

import base64
import hashlib
import html
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from PIL import Image

from course_lib.viz.picture import is_marked_as_drawing, shown_size

STYLE = """\
.frames{margin:1rem 0}
.frames img{display:block;max-width:100%;height:auto;background:#fff;border-radius:4px}
.frames-controls{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin:.5rem 0}
.frames-controls[hidden]{display:none}
.frames-control{display:flex;flex:1 1 16rem;align-items:center;gap:.6rem;min-width:0}
.frames-control>label{display:flex;flex:1;flex-wrap:wrap;align-items:center;gap:0 .6rem}
.frames-control [type=range]{flex:1 1 8rem;min-width:0;min-height:1.75rem;accent-color:#0072b2}
.frames-control output{min-width:4ch;text-align:right;font-variant-numeric:tabular-nums}
.frames-choice{flex-wrap:wrap;gap:.3rem;border:0;margin:0;padding:0}
.frames-choice legend{float:left;width:auto;margin:0 .3rem 0 0;padding:0;font-size:inherit;\
line-height:inherit}
.frames-choice label{flex:none;position:relative;margin:0;cursor:pointer}
.frames-choice input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;\
cursor:pointer}
.frames-choice span{display:block;padding:.15rem .7rem;border:1px solid currentColor;\
border-radius:4px}
.frames-choice :checked+span{background:#0072b2;border-color:#0072b2;color:#fff}
.frames-choice :focus-visible+span{outline:2px solid currentColor;outline-offset:2px}
@media (forced-colors:active){.frames-choice :checked+span{background:Highlight;\
color:HighlightText;forced-color-adjust:none}}
.frames-status{position:absolute;width:1px;height:1px;margin:-1px;padding:0;overflow:hidden;\
clip-path:inset(50%);white-space:nowrap}
@media print{.frames-controls{display:none}}"""

SCRIPT = """\
(function () {
  var here = document.currentScript;
  var figure = here ? here.closest(".frames") : document.getElementById("@ID@");
  var data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  var image = figure.querySelector("img"), status = figure.querySelector(".frames-status");
  var form = figure.querySelector("form");
  var controls = Array.from(figure.querySelectorAll(".frames-control"));
  function show() {
    var frame = 0;
    controls.forEach(function (control, i) {
      var texts = data.controls[i].values;
      var input = control.querySelector("[type=range], :checked"), stop = Number(input.value);
      frame = frame * texts.length + stop;
      if (input.type === "range") {
        input.setAttribute("aria-valuetext", texts[stop]);
        control.querySelector("output").textContent = texts[stop];
      }
    });
    image.src = data.frames[frame].src;
    image.alt = data.frames[frame].alt;
  }
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("input", show);
  form.addEventListener("change", function () { show(); status.textContent = image.alt; });
  form.hidden = false;
  show();
})();"""

SUBSCRIPT = re.compile(r"\b([A-Za-z])_(\w+)")


def figure_html(
    controls: Sequence[tuple[str, Sequence[str]]],
    rows: Sequence[str],
    frames: Sequence[tuple[str, bytes]],
    first: int,
) -> str:
    """The figure as one element that needs no kernel, no server and no library.

    The same inputs give the same bytes. Without script one frame is shown and the inputs
    stay hidden.

    Args:
        controls: the label of each control, and the texts of its values.
        rows: each control's inputs, as `slider_row` and `choice_row` write them.
        frames: the text alternative and the PNG of each, the last control changing fastest.
        first: the position of the frame that is shown at the beginning.
    """
    data = {
        "controls": [{"label": label, "values": list(texts)} for label, texts in controls],
        "frames": [{"alt": alt, "src": address(png)} for alt, png in frames],
    }
    # The name depends on the words alone, so that it survives a change of a few pixels.
    words = json.dumps([data["controls"], [alt for alt, _ in frames], first])
    name = "frames-" + hashlib.sha256(words.encode()).hexdigest()[:12]
    alt, png = frames[first]
    width, height = shown_size(png)
    listed = "\n".join(rows)
    drawings = [is_marked_as_drawing(Image.open(io.BytesIO(png))) for _, png in frames]
    kind = ' class="drawing"' if all(drawings) else ""
    # In a form of their own, the buttons of one figure are apart from those of any other.
    return (
        f'<div class="frames" id="{name}" style="max-width:{width}px">\n'
        f"<style>{STYLE}</style>\n"
        f'<div class="frames-picture"><img{kind} src="{address(png)}" alt="{html.escape(alt)}" '
        f'width="{width}" height="{height}"></div>\n'
        f'<form class="frames-controls" autocomplete="off" hidden>\n{listed}\n</form>\n'
        '<p class="frames-status" aria-live="polite"></p>\n'
        f'<script type="application/json">{_json_for_html(data)}</script>\n'
        f"<script>{SCRIPT.replace('@ID@', name)}</script>\n</div>"
    )


def slider_row(label: str, texts: Sequence[str], start: int) -> str:
    """A slider with its label and the value at which it stands."""
    return (
        f'<div class="frames-control"><label><span>{label_html(label)}</span> '
        f'<input type="range" min="0" max="{len(texts) - 1}" step="1" value="{start}" '
        f'autocomplete="off" aria-valuetext="{html.escape(texts[start])}"></label>'
        f'<output aria-live="off">{html.escape(texts[start])}</output></div>'
    )


def choice_row(name: str, label: str, texts: Sequence[str], start: int) -> str:
    """Buttons of which one is pressed: a group of radio inputs."""
    buttons = "".join(
        f'<label><input type="radio" name="{html.escape(name)}" value="{stop}" '
        f'autocomplete="off"{" checked" if stop == start else ""}>'
        f"<span>{label_html(text)}</span></label>"
        for stop, text in enumerate(texts)
    )
    legend = f"<legend>{label_html(label)}</legend>"
    return f'<fieldset class="frames-control frames-choice">{legend}{buttons}</fieldset>'


def label_html(text: str) -> str:
    """The words of a label, with an index set as an index.

    >>> label_html("norm of W_hh & more")
    'norm of <i>W</i><sub>hh</sub> &amp; more'
    """
    return SUBSCRIPT.sub(r"<i>\1</i><sub>\2</sub>", html.escape(text))


def address(png: bytes) -> str:
    """A picture as an address that needs no server."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def _json_for_html(data: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
