"""What is not filled in keeps its bytes."""

import csv
import io

import pytest
from grade_summaries import grade_summary
from hypothesis import given
from hypothesis import strategies as st

from course_tools.reports.exports import ExportError
from course_tools.reports.worksheet import Worksheet, match, read_worksheet, same
from course_tools.submissions.models import Person

BOM = b"\xef\xbb\xbf"
ODD = BOM + b'"Student",  ID ,"a ""quoted"" one"\r\n"Ada, Lady",7,"two\nlines"\n\nplain,"",\r\n'
CELLS = st.lists(
    st.lists(st.text(alphabet='ab,;"\n\r =', max_size=5), min_size=2, max_size=2), min_size=1
)


def test_reading_and_writing_changes_no_byte():
    sheet = Worksheet(ODD)
    assert sheet.data() == ODD
    assert sheet.row(1) == ["Ada, Lady", "7", "two\nlines"]
    assert sheet.row(2) == ["", "", ""]
    assert sheet.header == ["Student", "ID", 'a "quoted" one']


@given(CELLS, st.sampled_from(",;\t"))
def test_says_of_every_file_what_the_csv_module_says(rows, delimiter):
    text = io.StringIO(newline="")
    rows = [["name", "grade"], *rows]
    csv.writer(text, delimiter=delimiter).writerows(rows)
    sheet = Worksheet(text.getvalue().encode())
    assert [sheet.row(index) for index in range(sheet.n_rows)] == rows
    assert sheet.data() == text.getvalue().encode()


@given(st.text(alphabet='ab,;"\n\r =', max_size=6))
def test_a_filled_cell_reads_back_and_its_neighbours_keep_their_bytes(text):
    sheet = Worksheet(b'"name",grade,note\r\n"Ada",,"kept"\r\nshort\r\n')
    sheet.put(1, 1, text)
    sheet.put(2, 2, text)
    rows = list(csv.reader(io.StringIO(sheet.data().decode(), newline="")))
    assert rows == [["name", "grade", "note"], ["Ada", text, "kept"], ["short", "", text]]
    assert sheet.data().startswith(b'"name",grade,note\r\n"Ada",')


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b'a,b\r\n"open,1\r\n', "row 2 .* a quote is not closed"),
        ("a,Größe\r\n".encode("latin-1"), "CSV UTF-8"),
        ("a,b\r\n".encode("utf-16"), "CSV UTF-8"),
    ],
)
def test_what_is_no_csv_is_refused_in_a_sentence(data, sentence, tmp_path):
    (tmp_path / "t.csv").write_bytes(data)
    with pytest.raises(ExportError, match=rf"t.csv: .*{sentence}"):
        read_worksheet(tmp_path / "t.csv")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ExportError, match=r"gone.csv: cannot be read: No such file"):
        read_worksheet(tmp_path / "gone.csv")


def test_a_word_that_two_share_decides_nothing():
    words = ["7", "7", "ada", "Both"]
    twins = [
        grade_summary("", 2, person=Person("x", "Both")),
        grade_summary("", 2, person=Person("y", "both")),
    ]
    ada = grade_summary("", 2, person=Person("7", " ADA "))
    found = match(
        range(4),
        [ada, *twins],
        [
            (lambda row: words[row], lambda person: (person.id,)),
            (lambda row: words[row], lambda person: (person.name,)),
        ],
    )
    assert found == {2: ada}


def test_a_student_gets_one_row_even_if_two_words_fit():
    words = ["ada", "ada@x.y"]
    one = grade_summary("", 2, person=Person("ada", email="ada@x.y"))
    both = [(lambda row: words[row], lambda person: (person.id, person.email))]
    assert match(range(2), [one], both) == {}
    assert same(" A  b ") == "a b"
