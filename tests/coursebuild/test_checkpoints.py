"""Checkpoints and questionnaires, read from a lesson's Markdown."""

from __future__ import annotations

import pytest

from coursebuild.checkpoints import questions, read, self_test

RIGHT = (
    '<details class="choice"><summary>Down</summary>\n\nRight.\nAgainst the slope.\n\n</details>'
)
WRONG = '<details class="choice"><summary>Up</summary>\n\nNot so: it goes down.\n\n</details>'
SOUND = f"Before.\n\n**Checkpoint.** Which way?\n\n{WRONG}\n\n{RIGHT}\n\nAfter."


def test_a_checkpoint_has_its_choices_their_verdicts_and_their_reasons() -> None:
    reading = read(SOUND)
    assert reading.faults == []
    (checkpoint,) = reading.checkpoints
    assert SOUND[checkpoint.start :].startswith("**Checkpoint.** Which")
    assert SOUND[: checkpoint.end].endswith("</details>")
    assert SOUND[checkpoint.end :] == "\n\nAfter."
    assert [(c.label, c.right) for c in checkpoint.choices] == [("Up", False), ("Down", True)]
    assert [c.why for c in checkpoint.choices] == ["it goes down.", "Against the slope."]


def test_several_checkpoints_of_a_cell_keep_their_own_choices() -> None:
    reading = read(f"{SOUND}\n\n**Checkpoint.** Again?\n\n{RIGHT}\n\n{WRONG}\n\n{WRONG}")
    assert reading.faults == []
    assert [len(checkpoint.choices) for checkpoint in reading.checkpoints] == [2, 3]


@pytest.mark.parametrize("between", ["```\nw = 1\n```", "| a |\n| --- |\n| 1 |", "$$\nx\n$$"])
def test_code_a_table_and_a_formula_may_stand_before_the_first_choice(between: str) -> None:
    reading = read(f"**Checkpoint.** Which?\n\n{between}\n\n{WRONG}\n\n{RIGHT}")
    assert reading.faults == []
    assert len(reading.checkpoints[0].choices) == 2


def test_what_is_quoted_in_code_is_no_checkpoint() -> None:
    reading = read(f"Write it so:\n\n```\n**Checkpoint.** Which?\n\n{WRONG}\n```")
    assert (reading.checkpoints, reading.faults) == ([], [])


@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        ("**Checkpoint.** Which?", 1, "a checkpoint with no choices"),
        (f"**Checkpoint.** Which?\n\n{RIGHT}", 1, "a checkpoint with one choice"),
        (
            "**Checkpoint.** Which?\n\n" + "\n\n".join([RIGHT, *[WRONG] * 4]),
            1,
            "a checkpoint with 5 choices",
        ),
        (f"**Checkpoint.** Which?\n\n{RIGHT}\n\n{RIGHT}", 1, "a checkpoint with 2 right answers"),
        (f"**Checkpoint.** Which?\n\n{WRONG}\n\n{WRONG}", 1, "a checkpoint with no right answer"),
        (RIGHT, 1, "the choice “Down” has no question"),
        (
            f"**Checkpoint.** Which?\n\n{WRONG}\n\n{RIGHT}\n\n## Next\n\n{WRONG}",
            18,
            "the choice “Up” has no question",
        ),
        (
            f"**Checkpoint.** Which?\n\n{WRONG}\n\nWell?\n\n{RIGHT}",
            11,
            "the choice “Down” stands apart from the one before",
        ),
        (
            SOUND.replace("Not so: it", "No, it"),
            5,
            "the choice “Up” says neither right nor wrong",
        ),
        (SOUND.replace("\nAgainst the slope.", ""), 11, "the choice “Down” gives no reason"),
        (SOUND.replace("Down", "`w` falls"), 11, "Markdown in the choice “`w` falls”"),
        (SOUND.replace("<summary>Down</summary>", ""), 11, "a choice without words"),
        ("> **Checkpoint.** Which?", 1, "“**Checkpoint.**” begins no checkpoint"),
        ("Words.\n**Checkpoint:** Which?", 2, "“**Checkpoint:**” begins no checkpoint"),
    ],
)
def test_a_malformed_checkpoint_is_named_with_its_line(source: str, line: int, what: str) -> None:
    faults = read(source).faults
    assert (line, what) in [(fault.line, fault.what) for fault in faults], faults
    assert all(fault.do for fault in faults)


def test_questions_are_those_of_the_section_over_several_cells() -> None:
    asked = '<details class="answer"><summary>{}</summary>\n\nA\n\n</details>'
    cells = [
        asked.format("Not of it"),
        "## Questionnaire\n\nAloud.\n\n### One\n\n" + asked.format("A <code>b</code>?"),
        "### Two\n\n" + asked.format("C?"),
        "## After\n\n" + asked.format("Not of it either"),
    ]
    found = questions(cells)
    assert [[words for _, words in here] for here in found] == [[], ["A b?"], ["C?"], []]
    assert self_test(cells[0], found[0]) is None
    assert cells[1][self_test(cells[1], found[1]) :].startswith("### One")


def test_the_score_comes_before_a_question_or_at_the_end_of_the_words() -> None:
    alone = "## Questionnaire\n\nAloud."
    assert self_test(alone, []) == len(alone)
    whole = '## Questionnaire\n\n<details class="answer"><summary>A?</summary>\n\nB\n\n</details>'
    assert self_test(whole, questions([whole])[0]) == whole.index("<details")
