"""Words that several rooms use mean the same everywhere."""

from heliu.identity.policy import PLATFORM_IDS, Policy
from heliu.sources.config import IDENTIFIER_TYPES


def test_the_policy_speaks_of_identifiers_a_source_can_carry():
    assert set(IDENTIFIER_TYPES) >= PLATFORM_IDS
    assert set(IDENTIFIER_TYPES) >= set(Policy().strengths)
