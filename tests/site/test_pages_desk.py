"""Every page at the size of a desk: a file of its own, so that the two sizes run side by side."""

import pytest
from visits import Pages

pytestmark = [pytest.mark.browser, pytest.mark.timeout(2400)]  # one visit of all pages


class TestDesk(Pages):
    size = "desk"
