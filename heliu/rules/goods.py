"""Asking for the products an event is about: by category, title or price.

Read into the items they mean, so that no event need be joined with its product,
and a rule's hash changes when the products it is about do.
"""

from collections.abc import Callable, Iterable, Sequence

from heliu.documents import Problems, Value
from heliu.rules.asks import OneOf
from heliu.rules.comparing import passes
from heliu.rules.lookup import find_word, read_value_test, unknown
from heliu.rules.vocabulary import PRODUCT, PRODUCT_PROPERTIES, FieldType, Product

ProductTest = Callable[[Product], bool]


def read_product_test(
    name: Value, wanted: Value, products: Sequence[Product], problems: Problems
) -> ProductTest | None:
    """What `product.category: cnc` asks of a product; a text no product has is a problem.

    Args:
        name: The property, with `product.` before it.
        wanted: A value, a list of them, or for the price a comparison in fen.
        products: All there are.
        problems: Where mistakes are noted.
    """
    known = {f"{PRODUCT}{word.name}": word for word in PRODUCT_PROPERTIES.values()}
    word = find_word(name, known, "property", problems)
    test = read_value_test(word, wanted, problems) if word else None
    if word is None or test is None:
        return None
    if word.type is FieldType.TEXT:
        has = {str(found) for product in products if (found := getattr(product, word.name))}
        for item in wanted.data if wanted.is_list else [wanted]:
            if item.data not in has:
                unknown(item, f"product {word.name}", has, problems)
    return lambda product: passes(getattr(product, word.name), test)


def product_keys(products: Iterable[Product]) -> OneOf:
    """The items these products are; none of them if there are none."""
    return OneOf(tuple(sorted(product.key for product in products)))
