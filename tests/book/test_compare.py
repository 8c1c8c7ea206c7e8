"""What counts as the same output, without a kernel."""

import base64
import io

import numpy as np
import pytest
from nbformat.v4 import new_output
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from course_tools.book.compare import WIDEST, Limits, differences, picture_differences

LIMITS = Limits()


def printed(text, name="stdout"):
    return [new_output("stream", name=name, text=text)]


def shown(**data):
    return [new_output("display_data", data={k.replace("_", "/"): v for k, v in data.items()})]


def agree(old, new, limits=LIMITS):
    return not differences(printed(old), printed(new), limits)


def png(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="png")
    return out.getvalue()


def figure(seed=0):
    """A white page with a few dark lines."""
    pixels = np.full((396, 660, 3), 255, dtype=np.uint8)
    for row in np.random.default_rng(seed).integers(0, 396, size=4):
        pixels[row : row + 2, 20:640] = (0, 114, 178)
    return pixels


class TestText:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("loss 0.1234", "loss 0.1235"),  # one unit of the last printed place
            ("loss 1.234e-05", "loss 1.235e-05"),
            ("0.30000000000000004", "0.3"),
            ("2.2e-16", "3.3e-16"),  # rounding noise
            ("[ 0. -0.]", "[-0.  0.]"),
            ("[1.  0.3]", "[1.                  0.30000000000000004]"),
            ("x = -1.500s", "x = -1.501s"),
        ],
    )
    def test_rounding_is_forgiven(self, old, new):
        assert agree(old, new)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("loss 0.1234", "loss 0.1236"),
            ("loss 0.1234", "loss 0.1244"),
            ("loss 0.1234", "loss -0.1234"),
            ("loss 0.1234", "loss 0.12340"[:-2] + "9"),
            ("0.5", "0.6"),  # few digits: no room
            ("1e-05", "2e-05"),
            ("12 steps", "13 steps"),  # integers are text
            ("True", "False"),
            ("loss 0.1234", "less 0.1234"),
            ("nan", "0.123"),
            ("inf", "1.00e+308"),
            ("version 1.2.3", "version 1.2.4"),
            ("h1.500", "h1.501"),
            ("a  b", "a b"),
            ("x 0.123", "x  0.123"),
            ("one\ntwo", "one"),
            ("one", "one\n"),
            ("array([0.123, 0.456])", "array([0.123])"),
        ],
    )
    def test_everything_else_is_not(self, old, new):
        assert not agree(old, new)
        assert not agree(new, old)

    @pytest.mark.parametrize("place", range(2, 6))
    def test_any_digit_of_a_printed_number(self, place):
        digits = "0.3579"
        changed = digits[:place] + str((int(digits[place]) + 5) % 10) + digits[place + 1 :]
        assert not agree(f"loss {digits}", f"loss {changed}")

    def test_the_message_names_the_line(self):
        found = differences(printed("a\nloss 0.123\n"), printed("a\nloss 0.223\n"), LIMITS)
        assert found == ["output 1: line 2: expected 'loss 0.123', got 'loss 0.223'"]

    def test_a_stream_in_pieces_is_one_text(self):
        assert not differences(printed("ab"), printed("a") + printed("b"), LIMITS)

    def test_comparing_leaves_the_outputs_alone(self):
        pieces = printed("a") + printed("b")
        differences(pieces, pieces, LIMITS)
        assert [piece.text for piece in pieces] == ["a", "b"]


class TestOutputs:
    def test_deleted(self):
        assert "is not stored" in differences([], printed("hello"), LIMITS)[0]

    def test_extra(self):
        assert "gives nothing" in differences(printed("hello"), [], LIMITS)[0]

    def test_other_stream(self):
        assert differences(printed("a"), printed("a", "stderr"), LIMITS)

    def test_other_kind(self):
        assert differences(printed("a"), shown(text_plain="a"), LIMITS)

    def test_lost_mime(self):
        old = shown(text_plain="a", text_html="<b>a</b>")
        assert differences(old, shown(text_plain="a"), LIMITS)

    def test_the_name_of_a_widget_is_random(self):
        view = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
        old = new_output("display_data", data={"text/html": "a"})
        new = new_output("display_data", data={"text/html": "a", **view})
        assert not differences([old], [new], LIMITS)

    def test_a_table_has_the_room_of_numbers(self):
        row = "<td>{}</td><td>{}</td>".format
        old = shown(text_html=row("0.123", 4))
        assert not differences(old, shown(text_html=row("0.124", 4)), LIMITS)
        assert differences(old, shown(text_html=row("0.133", 4)), LIMITS)
        assert differences(old, shown(text_html=row("0.123", 5)), LIMITS)

    def test_other_mimes_are_compared(self):
        assert differences(shown(text_latex="$a$"), shown(text_latex="$b$"), LIMITS)
        old, new = (
            new_output("display_data", data={"application/json": {"a": value}}) for value in (1, 2)
        )
        assert differences([old], [new], LIMITS)


class TestPictures:
    def test_noise_is_forgiven(self, rng):
        old = figure()
        noisy = np.clip(old + rng.integers(-2, 3, size=old.shape), 0, 255).astype(np.uint8)
        assert not picture_differences(png(old), png(noisy), LIMITS)

    @pytest.mark.parametrize("corner", [(0, 0), (7, 7), (60, 95), (62, 102), (393, 657)])
    def test_one_dot(self, corner):
        old, new = figure(), figure()
        row, column = corner
        new[row : row + 3, column : column + 3] = (0, 114, 178)
        found = picture_differences(png(old), png(new), LIMITS)
        assert len(found) == 1
        assert "near x =" in found[0]

    def test_one_dark_pixel(self):
        old, new = figure(), figure()
        new[50, 190] = 0
        assert picture_differences(png(old), png(new), LIMITS)

    def test_a_faint_veil(self):
        old = figure()
        veil = np.where(old == 255, 250, old).astype(np.uint8)
        assert "RMS, at most" in picture_differences(png(old), png(veil), LIMITS)[0]

    def test_size(self):
        found = picture_differences(png(figure()), png(figure()[:-1]), LIMITS)
        assert found == ["expected a picture of 660 x 396 pixels, got 660 x 395"]

    def test_transparency_counts_as_paper(self):
        old = np.dstack([figure(), np.full((396, 660), 255, np.uint8)])
        clear = old.copy()
        clear[(old[..., :3] == 255).all(axis=2)] = 0
        assert not picture_differences(png(old), png(clear), LIMITS)

    def test_what_a_picture_says_of_itself_counts_and_who_wrote_it_does_not(self):
        def saying(**about):
            text, file = PngInfo(), io.BytesIO()
            for name, value in about.items():
                text.add_text(name, value)
            Image.fromarray(figure()).save(file, format="png", pnginfo=text)
            return file.getvalue()

        found = picture_differences(saying(), saying(kind="drawing"), LIMITS)
        assert found == ["expected a picture that says of itself {}, got {'kind': 'drawing'}"]
        assert not picture_differences(saying(Software="a"), saying(Software="b"), LIMITS)

    def test_rubbish(self):
        assert picture_differences(png(figure()), b"rubbish", LIMITS)

    def test_in_an_output(self):
        old, new = (base64.b64encode(png(figure(seed))).decode() for seed in (0, 1))
        assert not differences(shown(image_png=old), shown(image_png=old + "\n"), LIMITS)
        assert differences(shown(image_png=old), shown(image_png=new), LIMITS)


class TestFramesInHtml:
    @staticmethod
    def page(seeds, alts=("One.", "Two.")):
        uris = [
            "data:image/png;base64," + base64.b64encode(png(figure(seed))).decode()
            for seed in seeds
        ]
        images = "".join(f'<img alt="{a}" src="{u}">' for a, u in zip(alts, uris, strict=True))
        return shown(text_html=f"<p>0.1234</p>{images}")

    def test_same(self):
        assert not differences(self.page([1, 2]), self.page([1, 2]), LIMITS)

    def test_one_frame_replaced(self):
        found = differences(self.page([1, 2]), self.page([1, 3]), LIMITS)
        assert found
        assert all("frame 1" in line for line in found)

    def test_alternatives_exactly(self):
        assert differences(self.page([1, 2]), self.page([1, 2], ("One.", "Too.")), LIMITS)
        old, new = self.page([1], ["Norm 0.1234."]), self.page([1], ["Norm 0.1235."])
        assert differences(old, new, LIMITS)

    def test_frame_lost(self):
        assert differences(self.page([1, 2]), self.page([1], ["One."]), LIMITS)


class TestLimits:
    def test_of_a_cell(self):
        limits = Limits.of({"nbval": {"rtol": 0.01}})
        assert agree("loss 1.234567", "loss 1.240000", limits)
        assert not agree("loss 1.234567", "loss 1.250000", limits)

    @pytest.mark.parametrize(
        "given",
        [
            {"rtol": 0.051},
            {"atol": 1},
            {"rms": 255},
            {"tile": 25},
            {"rtol": -1},
            {"rtol": float("nan")},
            {"rtol": float("inf")},
            {"rtol": "0.01"},
            {"rtol": True},
            {"skip": True},
            "ignore",
            None,
            [],
        ],
    )
    def test_no_cell_can_buy_itself_free(self, given):
        with pytest.raises(ValueError, match="nbval"):
            Limits.of({"nbval": given})

    def test_even_the_widest_catch_a_wrong_picture(self):
        old, new = figure(), figure()
        new[50:54, 100:104] = 0
        assert picture_differences(png(old), png(new), WIDEST)
