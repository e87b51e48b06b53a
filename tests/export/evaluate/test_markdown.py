from export.evaluate.markdown import WIDTH, filled

TEXT = f"""# A
{"word " * 50}

## B
- {"item " * 40}
- short

| a | b |
|---|---|
| {"x " * 90}| 1 |

```
code   {"keeps " * 40}
```
"""


def test_paragraphs_and_items_are_wrapped_and_tables_and_code_are_not() -> None:
    lines = filled(TEXT).splitlines()
    assert all(len(line) <= WIDTH or line.startswith(("|", "code")) for line in lines)
    for line in TEXT.splitlines():
        if line.startswith(("#", "|", "code", "```")):
            assert line in lines
    assert "- short" in lines


def test_wrapping_loses_no_word_and_wrapping_twice_is_wrapping_once() -> None:
    assert filled(TEXT).split() == TEXT.split()
    assert filled(filled(TEXT)) == filled(TEXT)
