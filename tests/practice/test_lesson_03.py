"""What lesson 03's lists of right answers and mistakes cannot say, since it takes two functions."""

from __future__ import annotations

from typing import Any

from gan_course.practice.checking import PUBLIC_SEEDS, attempt
from gan_course.practice.lesson_03.q3_best_score import QUESTION, centred, looks


def looks_beside_centred(*given: Any) -> Any:
    features, real_head, fake_head, _ = given
    return looks()(*given) + features @ (real_head - fake_head).mean(dim=0)


def test_vector_that_all_classes_share_may_be_given_to_the_looks() -> None:
    assert attempt(QUESTION, (centred, looks_beside_centred), PUBLIC_SEEDS).passed


def test_vector_that_all_classes_share_is_missed_where_neither_term_has_it() -> None:
    hint = attempt(QUESTION, (centred, looks()), PUBLIC_SEEDS).hint
    assert "do not add up to the best logit" in hint
    hint = attempt(QUESTION, (QUESTION.parts[0].right, looks_beside_centred), PUBLIC_SEEDS).hint
    assert "do not add up to the best logit" in hint
