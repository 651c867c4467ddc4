"""Every page at the size of a phone: a file of its own, so that the two sizes run side by side."""

import pytest
from visits import Pages, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(2400)]  # one visit of all pages


class TestPhone(Pages):
    size = "phone"

    def test_no_page_weighs_more_than_its_budget(self, visits: list[Visit]) -> None:
        """What a browser loads before anybody scrolls: demos and their data are not among it."""
        over = {v.url: v.first.too_much() for v in visits if v.first.too_much()}
        # The gallery has the styles of all demos at once, since they reserve their heights.
        assert set(over.pop("demos/", {})) <= {"style"}
        assert not over
        assert all(v.first.html and v.first.script and v.first.style for v in visits)

    def test_nothing_is_lost_at_400_percent_and_with_words_further_apart(
        self, visits: list[Visit]
    ) -> None:
        assert not {v.url: v.lost for v in visits if v.lost}
