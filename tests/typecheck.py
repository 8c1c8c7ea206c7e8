"""The checker behind every annotated signature while tests run; an int passes for a float."""

from beartype import BeartypeConf, beartype

with_numeric_tower = beartype(conf=BeartypeConf(is_pep484_tower=True))
