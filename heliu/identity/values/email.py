"""E-mail addresses: one mailbox, one spelling."""

import re
from functools import lru_cache

from heliu.identity.values.text import NOTHING, Found, Status, clean, is_empty, words

ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]"
)
SPLIT = re.compile(r"[;,、/|]|\s(?=\S+@)")
MASK = re.compile(r"\*{2,}|\*@|x{4,}@|•|●")
# An address after a label or before a note, once blanks are gone.
WITHIN = re.compile(rf"(?<![a-z0-9@._%+-])({ADDRESS.pattern})(?![a-z0-9-])")
LABELLED = re.compile(r"^(?:e-?mail|mail|邮箱|电子邮箱|电子邮件|邮件)(?:地址)?[::]?(?=.+@)")
DISPLAYED = re.compile(r"<([^<>]*@[^<>]*)>")

SAME_DOMAIN = {"googlemail.com": "gmail.com"}
DOTLESS = frozenset({"gmail.com"})
TAGGED = words(
    "gmail.com outlook.com hotmail.com live.com icloud.com me.com fastmail.com "
    "proton.me protonmail.com msn.com pm.me"
)
# Domains nobody owns mailboxes at, one slip away from one where many do.
TYPOS = {
    "gmial.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmail.co": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmail.co": "hotmail.com",
    "outlok.com": "outlook.com",
    "outlook.co": "outlook.com",
    "qq.cm": "qq.com",
    "qq.co": "qq.com",
    "qq.cn.com": "qq.com",
    "163.co": "163.com",
    "163.cm": "163.com",
    "126.co": "126.com",
    "126.cm": "126.com",
    "foxmial.com": "foxmail.com",
    "foxmai.com": "foxmail.com",
    "foxmail.cm": "foxmail.com",
    "gmal.com": "gmail.com",
    "gmil.com": "gmail.com",
    "gnail.com": "gmail.com",
    "gmaill.com": "gmail.com",
    "gmali.com": "gmail.com",
    "gmaul.com": "gmail.com",
    "gmail.cm": "gmail.com",
    "gmailcom": "gmail.com",
    "hotmai.com": "hotmail.com",
    "hotmil.com": "hotmail.com",
    "hotmal.com": "hotmail.com",
    "homtail.com": "hotmail.com",
    "hotmail.cm": "hotmail.com",
    "hotmailcom": "hotmail.com",
    "outllok.com": "outlook.com",
    "outloook.com": "outlook.com",
    "outlock.com": "outlook.com",
    "outlook.cm": "outlook.com",
    "oultook.com": "outlook.com",
    "yaho.com": "yahoo.com",
    "yahooo.com": "yahoo.com",
    "yhaoo.com": "yahoo.com",
    "yahoo.cm": "yahoo.com",
    "iclod.com": "icloud.com",
    "icoud.com": "icloud.com",
    "icloud.co": "icloud.com",
    "icloud.cm": "icloud.com",
    "sian.com": "sina.com",
    "sina.cm": "sina.com",
    "sian.cn": "sina.cn",
    "shou.com": "sohu.com",
    "sohu.cm": "sohu.com",
    "aliyum.com": "aliyun.com",
    "qqcom": "qq.com",
    "qq.om": "qq.com",
    "qq.c": "qq.com",
    "qq.com.cm": "qq.com",
    "163com": "163.com",
    "163.om": "163.com",
    "126com": "126.com",
    "126.om": "126.com",
}
TYPO_ENDINGS = (
    ".con",
    ".cmo",
    ".ocm",
    ".comm",
    ".vom",
    ".xom",
    ".coom",
    ".ccom",
    ".cpm",
    ".c0m",
    ".conm",
)
ROLES = words(
    "hr info service services admin administrator sales support contact office kefu marketing "
    "finance jobs job recruit zhaopin help helpdesk enquiries postmaster webmaster noreply "
    "no-reply hello team mail reception caiwu hrd humanresources recruitment career careers "
    "billing "
    "accounts accounting enquiry inquiry feedback press media legal ceo customer customerservice "
    "order orders shop booking public gongsi renshi xingzheng yewu xiaoshou bangongshi root "
    "hostmaster abuse donotreply do-not-reply notification notifications system"
)
FILLER_NAMES = words(
    "test tests testing none null no na nil xxx asdf qwerty example unknown someone nobody a x xx "
    "ceshi test1 test01 test123 noemail nomail"
)
FILLER_DOMAINS = words(
    "test.com none.com no.com null.com a.com aa.com aaa.com abc.com xxx.com 123.com test.cn xx.com "
    "xxxx.com 111.com"
)
ASCENDING = "01234567890"


@lru_cache(maxsize=200_000)
def normalise_email(text: str) -> tuple[Found, ...]:
    """Every address of a cell, lower-cased and as its provider delivers it; never empty.

    >>> normalise_email("Zh.Ang+promo@GoogleMail.com")
    (Found(value='zhang@gmail.com', status=<Status.OK: 'ok'>),)
    """
    cleaned = clean(text).casefold().replace("。", ".")
    if is_empty(cleaned):
        return (NOTHING,)
    pieces = SPLIT.split(cleaned) if cleaned.count("@") > 1 else [cleaned]
    found = dict.fromkeys(_one(piece) for piece in pieces if "@" in piece)
    return tuple(found) or (Found("", Status.INVALID),)


def _one(text: str) -> Found:
    if match := DISPLAYED.search(text):
        text = match[1]
    text = LABELLED.sub("", re.sub(r"\s", "", text).removeprefix("mailto:"))
    text = text.lstrip("<([\"'").rstrip(".,;:>)]\"'?!/")
    if MASK.search(text):
        return Found("", Status.MASKED)
    if not ADDRESS.fullmatch(text) and (within := WITHIN.findall(text)):
        text = str(within[0])
    mended = _mend(text)
    if not ADDRESS.fullmatch(mended):
        return Found("", Status.INVALID)
    local, domain = mended.split("@")
    domain = SAME_DOMAIN.get(domain, domain)
    if domain in TAGGED:
        local = local.split("+")[0]
    if domain in DOTLESS:
        local = local.replace(".", "")
    if not local:
        return Found("", Status.INVALID)
    if _is_filler(local, domain):
        return Found("", Status.BLOCKED)
    value = f"{local}@{domain}"
    if mended != text:
        return Found(value, Status.REPAIRED)
    return Found(value, Status.ROLE if local in ROLES else Status.OK)


def _mend(text: str) -> str:
    """Undo a slip in the domain that can't be what was meant."""
    local, _, domain = text.rpartition("@")
    domain = domain.replace(",", ".")
    domain = TYPOS.get(domain, domain)
    for ending in TYPO_ENDINGS:
        if domain.endswith(ending):
            domain = domain.removesuffix(ending) + ".com"
    return f"{local}@{domain}" if local else text


def _is_filler(local: str, domain: str) -> bool:
    if domain in FILLER_DOMAINS or local in FILLER_NAMES:
        return True
    if len(set(local)) == 1 and (local.isdigit() or len(local) > 2):
        return True
    return local.isdigit() and local in ASCENDING
