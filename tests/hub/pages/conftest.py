"""One filled hub and one browser for all pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from seeds.people import People
from tests.hub.pages.filled import Filled, filled
from tests.hub.pages.reader import Reader, reading


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    """The hub after some busy days."""
    with filled(tmp_path_factory.mktemp("filled"), People.load()) as made:
        yield made


@pytest.fixture(scope="module")
def reader(there: Filled) -> Iterator[Reader]:
    """The browser."""
    with reading(there) as opened:
        yield opened
