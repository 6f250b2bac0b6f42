import pytest

from harness.doctor.env_file import entries_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=1 # one", "1"),
        ("A=1#one", "1#one"),
        ("A= # nothing", ""),
        ("A=#one", "#one"),
        ("export A=1", "1"),
        ("  A = 1\r", "1"),
        ("A='1 # one' # two", "1 # one"),
        ('A="1 # one" # two', "1 # one"),
        ('A="say \\"1\\"\\n"', 'say "1"\n'),
        ("A='$B'", "$B"),
        ("A=${B:-x}", "b"),
        ("A='1\n2'", "1\n2"),
        ("A=it's", "it's"),
        ("A='open", "'open"),
        ("# A=0\nA=1", "1"),
    ],
)
def test_a_value_is_as_compose_reads_it(text: str, value: str) -> None:
    (entry,) = entries_of(text, {"B": "b"})

    assert (entry.name, entry.value) == ("A", value)


def test_lines_are_counted_and_names_without_a_value_passed_by() -> None:
    entries = entries_of("ALONE\n\nA='x\ny'\nB=$A\n", {})

    assert [(entry.name, entry.line, entry.value) for entry in entries] == [
        ("A", 3, "x\ny"),
        ("B", 5, "x\ny"),
    ]
