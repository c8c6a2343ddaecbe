"""Countries and states by one code each, as scopes of documents: USA is us, Texas is tx."""

import re
from functools import lru_cache

from heliu.identity.values.text import clean

COUNTRIES = """
us usa united-states united-states-of-america america
gb gbr uk united-kingdom great-britain britain england
cn chn china prc peoples-republic-of-china 中国|hk hkg hong-kong 香港|tw twn taiwan 台湾
mo mac macau macao 澳门
ca can canada|de deu ger germany deutschland|fr fra france|it ita italy italia|es esp spain espana
pt prt portugal
nl nld netherlands holland|be bel belgium|ch che switzerland|at aut austria|ie irl ireland
dk dnk denmark|se swe sweden
no nor norway|fi fin finland|pl pol poland|cz cze czechia czech-republic|hu hun hungary
ro rou romania|gr grc greece
ru rus russia russian-federation|ua ukr ukraine|by blr belarus|tr tur turkey turkiye|il isr israel
ae are uae united-arab-emirates|sa sau saudi-arabia|in ind india|pk pak pakistan|bd bgd bangladesh
lk lka sri-lanka
sg sgp singapore|my mys malaysia|th tha thailand|vn vnm vietnam|ph phl philippines
id idn indonesia|kh khm cambodia
jp jpn japan 日本|kr kor korea south-korea 韩国|au aus australia|nz nzl new-zealand
za zaf south-africa|eg egy egypt
ng nga nigeria|ke ken kenya|br bra brazil brasil|mx mex mexico|ar arg argentina|cl chl chile
co col colombia
pe per peru|li lie liechtenstein|lu lux luxembourg
"""
STATES = """
us-al al alabama|us-ak ak alaska|us-az az arizona|us-ar ar arkansas|us-ca ca california
us-co co colorado
us-ct ct connecticut|us-de de delaware|us-fl fl florida|us-ga ga georgia|us-hi hi hawaii
us-id id idaho
us-il il illinois|us-in in indiana|us-ia ia iowa|us-ks ks kansas|us-ky ky kentucky
us-la la louisiana|us-me me maine
us-md md maryland|us-ma ma massachusetts|us-mi mi michigan|us-mn mn minnesota|us-ms ms mississippi
us-mo mo missouri
us-mt mt montana|us-ne ne nebraska|us-nv nv nevada|us-nh nh new-hampshire|us-nj nj new-jersey
us-nm nm new-mexico
us-ny ny new-york|us-nc nc north-carolina|us-nd nd north-dakota|us-oh oh ohio|us-ok ok oklahoma
us-or or oregon
us-pa pa pennsylvania|us-ri ri rhode-island|us-sc sc south-carolina|us-sd sd south-dakota
us-tn tn tennessee
us-tx tx texas|us-ut ut utah|us-vt vt vermont|us-va va virginia|us-wa wa washington
us-wv wv west-virginia
us-wi wi wisconsin|us-wy wy wyoming|us-dc dc district-of-columbia washington-dc
"""


def _codes(text: str, place: int) -> dict[str, str]:
    """Every spelling of a line's entries to the code at this place of the entry."""
    entries = [entry.split() for line in text.strip().splitlines() for entry in line.split("|")]
    return {spelling: entry[place] for entry in entries for spelling in entry}


# A state's two letters are those of the scope; "ca" is so California and Canada, as it is written.
SPELLED = {**_codes(STATES, 1), **_codes(COUNTRIES, 0)}


@lru_cache(maxsize=5_000)
def normalise_scope(text: str) -> str:
    """Who issued a document, by one spelling; what isn't known in lower case, as it came.

    >>> normalise_scope("USA"), normalise_scope("Texas"), normalise_scope("Ruritania")
    ('us', 'tx', 'ruritania')
    """
    folded = re.sub(r"[^\w]+", "-", clean(text).casefold()).strip("-")
    return SPELLED.get(folded, folded)
