import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from export.toml import dumps

scalars = st.integers(-(2**60), 2**60) | st.booleans() | st.text('ab «é»"\\\n\t', max_size=12) | st.floats(-1e9, 1e9)
names = st.text("abc_", min_size=1, max_size=5)
values = scalars | st.lists(st.integers(), max_size=40) | st.lists(st.text("ab ", max_size=30), max_size=6)
inline = st.dictionaries(names, scalars | st.lists(st.text("ab", max_size=3), max_size=3), max_size=3)
tables = st.dictionaries(names, values | st.lists(inline, max_size=3) | st.dictionaries(names, values | inline))


@given(tables)
def test_what_is_written_reads_back_the_same(table: dict[str, Any]) -> None:
    assert tomllib.loads(dumps(table)) == table
