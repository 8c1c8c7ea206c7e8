"""The roster as schools write it, and whose a file is."""

import pytest

from course_tools.submissions.models import Person
from course_tools.submissions.roster import Roster, RosterError, read_roster

ADA = Person("al7", "Ada King Lovelace", "ada@x.org", "a", 24.0, "17")
ALAN = Person("at2", "Alan Turing")
PLAIN = (
    "id,name,email,group,extension,lms\nal7,Ada King Lovelace,ada@x.org,a,24,17\nat2,Alan Turing\n"
)


@pytest.fixture
def read(tmp_path):
    def reader(data: str | bytes) -> Roster:
        path = tmp_path / "roster.csv"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return read_roster(path)

    return reader


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace(",", ";").replace("\n", "\r\n"),
        PLAIN.replace(",", "\t").encode("utf-16"),
        PLAIN.replace("id,name", "ID, Name ").replace("extension", "Extension Hours"),
        PLAIN.replace("\n", ",anything,x\n", 1) + "\n,,\n",
    ],
)
def test_the_same_class_however_it_is_written(read, data):
    assert read(data).people == (ADA, ALAN)


def test_latin_1_and_decimal_commas(read):
    [person] = read("id;name;extension\n1;Gödel;1,5\n".encode("latin-1"))
    assert (person.name, person.extension_hours) == ("Gödel", 1.5)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            PLAIN + "x1,\nx2,\nx3,\nx4,X,,,two days",
            "roster.csv, line 7: extension: expected hours as a number, got 'two days'",
        ),
        (PLAIN + "x,,,,-3", "line 4: extension: expected hours as a number, got '-3'"),
        (PLAIN + "x,,,,nan", "line 4: extension: expected hours as a number, got 'nan'"),
        (
            PLAIN + 'x,,,,"1,000"',
            "line 4: extension: expected hours without a mark .*, got '1,000'",
        ),
        (PLAIN + "al7,Another", "roster.csv, line 4: id: expected .*, got 'al7' on line 2"),
        (PLAIN + ",Nobody", "roster.csv, line 4: id: expected one for every student, got none"),
        (PLAIN + '"a', "line 4: unexpected end of data"),
        (PLAIN + "x" * 200_000, "line 4: field larger than field limit"),
        ("name,email\nAda,x", "line 1: header: expected a column 'id', got name, email"),
        ("", "line 1: header: expected a column 'id', got nothing"),
    ],
)
def test_a_mistake_is_named_with_its_line(read, data, sentence):
    with pytest.raises(RosterError, match=sentence):
        read(data)


def test_no_such_file(tmp_path):
    with pytest.raises(RosterError, match="cannot be read: No such file"):
        read_roster(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "parsed",
    [
        Person("al7"),
        Person("AL7"),
        Person("17"),
        Person("Ada@X.org"),
        Person("ada  king lovelace"),
        Person("17", lms="17"),
        Person("5", name="Ada King Lovelace", lms="5"),
        Person("5", name="lovelaceadaking", lms="5"),
        Person("5", name="Group 3-Ada King Lovelace", lms="5"),
        Person("5", name="Lovelace, Ada King", lms="5"),
        Person("007", name="A. K.", email="ADA@x.org", lms="5"),
        Person("5", name="Ádà King Lovelace", lms="5"),
    ],
)
def test_whose_it_is(parsed):
    person, remark = Roster([ADA, ALAN]).owner(parsed)
    assert (person.id, remark) == ("al7", "")


def test_what_the_lms_knows_is_added():
    parsed = Person("5", name="alanturing", email="alan@x.org", lms="5")
    person, _ = Roster([ADA, ALAN]).owner(parsed)
    assert person == Person("at2", "Alan Turing", "alan@x.org", lms="5")


def test_a_number_of_the_lms_is_an_id_only_where_the_name_agrees():
    roster = Roster([Person("5", "Ada Lovelace")])
    assert roster.owner(Person("5", name="Bob", lms="5")) == (None, "")
    assert roster.owner(Person("5", name="lovelaceada", lms="5"))[0].id == "5"
    assert roster.owner(Person("5", lms="5"))[0].id == "5"


def test_two_people_of_one_name():
    roster = Roster([Person("a", "Ana Cruz"), Person("b", "Cruz Ana")])
    person, remark = roster.owner(Person("9", name="anacruz", lms="9"))
    assert person is None
    assert remark == "it may belong to any of 2 people in the roster: a, b"
    assert roster.owner(Person("b"))[0].id == "b"
