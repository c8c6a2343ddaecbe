"""How each type of identifier is read: a phone as a phone, a passport as a document."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from heliu.identity.values.address import normalise_address
from heliu.identity.values.documents import normalise_document, normalise_resident
from heliu.identity.values.email import normalise_email
from heliu.identity.values.ids import normalise_id
from heliu.identity.values.phone import normalise_phone
from heliu.identity.values.text import Found
from heliu.rules.identifiers import IDENTIFIERS, ReadAs

Reader = Callable[[str], tuple[Found, ...]]

# Types not read letter by letter, as the standard list says.
READ_AS: Mapping[str, ReadAs] = MappingProxyType(
    {name: type_.read_as for name, type_ in IDENTIFIERS.items() if type_.read_as is not ReadAs.ID}
)
SINGLE: Mapping[ReadAs, Callable[[str], Found]] = {
    ReadAs.ID: normalise_id,
    ReadAs.DOCUMENT: normalise_document,
    ReadAs.ADDRESS: normalise_address,
}


def read_identifier(read_as: ReadAs, text: str, region: str = "CN") -> tuple[Found, ...]:
    """Every value of an identifier's cell; several only for phones and e-mails.

    >>> [found.value for found in read_identifier(ReadAs.DOCUMENT, "521-21-2123", "US")]
    ['521212123']
    """
    if read_as is ReadAs.PHONE:
        return normalise_phone(text, region)
    if read_as is ReadAs.EMAIL:
        return normalise_email(text)
    if read_as is ReadAs.RESIDENT:
        return (normalise_resident(text) if region == "CN" else normalise_document(text),)
    return (SINGLE[read_as](text),)
