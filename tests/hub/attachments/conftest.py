"""The same browsers as in the tests of casework."""

from tests.hub.casework.conftest import browse as browse
