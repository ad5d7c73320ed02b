"""What a page turned out to be, so that a wall's boilerplate is never stored as an article.

Walls are short and say what they are; an article is long or says in its metadata that it is one. Every rule needs
two signs, since a report about CAPTCHAs, cookies or subscriptions holds the same words.
"""

import re
from urllib.parse import urlsplit

from lxml import etree

from tracker.news.metadata import PageFacts
from tracker.news.pagetree import body_text
from tracker.news.types import Verdict

MIN_ARTICLE = 200
"""Weight below which a text is an article only where the page says that it is one."""

SHORT = 1_500
"""Weight below which a text may be a stub."""

_WALL = 600
_DENSE = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")

_BOT = re.compile(
    r"just a moment|attention required|verify(?:ing)? (?:that )?you are (?:a )?human|are you a (?:robot|human)|"
    r"not a robot|checking your browser|checking if the site connection is secure|pardon our interruption|"
    r"unusual (?:traffic|activity)|access (?:to this page )?(?:has been )?denied|incapsula|you have been blocked|"
    r"request (?:was )?(?:unsuccessful|blocked)|security check|complete the captcha|"
    r"enable (?:js|javascript) and (?:disable any ad|cookies)|"
    r"ddos protection|bot (?:detection|verification)|automated (?:access|requests)|press (?:&|and) hold",
    re.I,
)
_BOT_MARK = re.compile(
    r"cf-browser-verification|cf_chl_|challenge-platform|captcha-delivery\.com|px-captcha|_incapsula_resource|"
    r"g-recaptcha|h-captcha|perimeterx|distil_r_captcha|sucuri_cloudproxy|akamai.{0,20}(?:bot|denied)|cdn-cgi/challenge",
    re.I,
)
_CONSENT = re.compile(
    r"before you continue|we (?:value|respect|care about) your privacy|your privacy (?:choices|matters)|accept all|"
    r"reject all|manage (?:cookies|preferences|options|settings)|uses? cookies|"
    r"cookie (?:policy|settings|consent|notice)|"
    r"our (?:\d+ )?partners|consent|legitimate interest|alle akzeptieren|zustimmen|datenschutz|tout accepter|"
    r"accepter et continuer|aceptar (?:todo|y continuar)|accetta",
    re.I,
)
_CONSENT_TITLE = re.compile(
    r"before you continue|consent|cookies?\b|privacy (?:choices|settings)|your privacy|einwilligung|zustimmung", re.I
)
_SCRIPT = re.compile(
    r"(?:enable|activate|requires?|turn on|need(?:s)? (?:to enable )?)\W+(?:java\s?script|js)\b|"
    r"java\s?script (?:is|seems to be|must be|has been) (?:disabled|required|not (?:enabled|available)|enabled)|"
    r"without java\s?script|(?:aktivieren sie|activez|active) (?:bitte )?java\s?script",
    re.I,
)
_PAYWALL = re.compile(
    r"subscri(?:be|ption)s? (?:now )?(?:to|for|required|and) (?:continue|keep|read|unlock|get|access|full)|"
    r"(?:to )?(?:continue|keep) reading|for subscribers(?: only)?|subscriber[- ](?:only|exclusive)|subscribers? only|"
    r"already (?:a|have an?) (?:subscriber|subscription|account|member)|"
    r"(?:become|for) (?:a )?members?(?: only| to (?:read|continue))|unlock (?:this|the full|unlimited)|"
    r"(?:remaining|free) (?:articles?|stories) (?:this month|left|remaining)|premium (?:content|article)|"
    r"(?:sign in|log in|register|create (?:a free )?account) to (?:read|continue|keep|view|access)|"
    r"read the full (?:article|story)|start your (?:free )?trial|jetzt (?:weiterlesen|abonnieren)|nur für abonnenten|"
    r"réservé aux abonnés|(?:abonnez|inscrivez)-vous|suscr[ií]bete|contenido exclusivo",
    re.I,
)
_MISSING = re.compile(
    r"^\W*(?:(?:error )?404\b|page not found|not found\b|(?:this |the )?(?:page|article|content|url|file).{0,30}"
    r"(?:not (?:be )?found|no longer (?:available|exists)|does ?n[o']t exist|unavailable)|403 forbidden|forbidden\b|"
    r"(?:error )?50[0234]\b|internal server error|bad gateway|service (?:temporarily )?unavailable|"
    r"seite nicht gefunden|page introuvable|página no encontrada)",
    re.I,
)
_LIST_PATH = re.compile(
    r"^/?(?:$|index\.\w+$|(?:tags?|topics?|categor(?:y|ies)|authors?|search|sections?|archives?|page)(?:/[^/]+){0,2}/?$)",
    re.I,
)


def weight(text: str) -> int:
    """Return the length of *text* in characters of an alphabet; an ideograph or syllable counts for three."""
    return len(text) + 2 * len(_DENSE.findall(text))


def judge(tree: etree._Element, facts: PageFacts, text: str, url: str, source: str) -> tuple[Verdict, str]:
    """Return what the page is and, where it is no article, why in words.

    *text* is the main text that was extracted, *source* the page's HTML. Only lengths and signs are looked at.
    """
    whole = body_text(tree)
    heading = facts.title or ""
    if weight(text) < _WALL and len(whole) < 4 * SHORT and not facts.is_article:
        wall = _wall(heading, whole, source)
        if wall:
            return wall
    if len(whole) < 40 and len(text) < 40:
        if _is_script_shell(tree, whole, source):
            return Verdict.SCRIPT_ONLY, "The page has no text without running its scripts."
        return Verdict.EMPTY, "The page has no text."
    if _MISSING.search(heading) and weight(text) < _WALL:
        return Verdict.NOT_AN_ARTICLE, f"The page is an error message: {heading[:100]}."
    if weight(text) < MIN_ARTICLE and _is_script_shell(tree, whole, source):
        return Verdict.SCRIPT_ONLY, "The page has no article without running its scripts."
    stub = _stub(facts, text, whole)
    if stub:
        return Verdict.PAYWALL, stub
    return _article_or_not(tree, facts, text, url)


def _wall(heading: str, whole: str, source: str) -> tuple[Verdict, str] | None:
    words = _BOT.search(f"{heading} {whole[:1500]}")
    if words and (_BOT.search(heading) or _BOT_MARK.search(source) or len(whole) < 500):
        return Verdict.BOT_WALL, f"The site asks for proof of a human reader ({words[0].lower()})."
    signs = {match[0].lower() for match in _CONSENT.finditer(whole[:4000])}
    if len(signs) >= 3 and (_CONSENT_TITLE.search(heading) or len(signs) >= 4):
        return Verdict.CONSENT_WALL, "The site asks for consent before it shows the page."
    return None


def _is_script_shell(tree: etree._Element, whole: str, source: str) -> bool:
    scripts = sum(1 for _ in tree.iter("script"))
    if not scripts and "<noscript" not in source:
        return False
    if _SCRIPT.search(whole) or any(
        _SCRIPT.search(" ".join(map(str, node.itertext()))) for node in tree.iter("noscript")
    ):
        return True
    roots = tree.xpath("//*[@id='root' or @id='app' or @id='__next' or @id='__nuxt' or @id='___gatsby']")
    return scripts > 0 and (bool(roots) or len(whole) < 40)


def _stub(facts: PageFacts, text: str, whole: str) -> str:
    inside, outside = _PAYWALL.search(text[-800:]), _PAYWALL.search(whole[:20_000])
    if facts.free_access is False and weight(text) < SHORT:
        return "The page says that it is not free to read, and shows only its beginning."
    if facts.free_access is True:
        return ""
    if inside and weight(text) < SHORT:
        return f"The page shows only its beginning ({inside[0].lower()})."
    if outside and weight(text) < _WALL:  # short news under a site-wide call to subscribe is longer
        return f"The page shows only its beginning ({outside[0].lower()})."
    return ""


def _article_or_not(tree: etree._Element, facts: PageFacts, text: str, url: str) -> tuple[Verdict, str]:
    if not text:
        return Verdict.NOT_AN_ARTICLE, "No article was found on the page."
    if weight(text) < MIN_ARTICLE and not (facts.is_article and weight(text) >= 60):
        return Verdict.NOT_AN_ARTICLE, f"The page's main text has only {len(text)} characters."
    path = urlsplit(url or facts.canonical).path
    is_list_address = bool((url or facts.canonical) and _LIST_PATH.match(path))
    if not facts.is_article and _is_list(tree, text, is_list_address):
        return Verdict.NOT_AN_ARTICLE, "The page is a list of links, not an article."
    return Verdict.ARTICLE, ""


def _is_list(tree: etree._Element, text: str, is_list_address: bool) -> bool:
    """Return whether links as long as headlines make up the text, or, at a list's address, outweigh it."""
    linked = {" ".join("".join(map(str, node.itertext())).split()) for node in tree.iter("a")}
    headlines = [words for words in linked if len(words) > 20]
    if sum(len(words) for words in headlines if words in text) > 0.6 * len(text):
        return True
    return is_list_address and len(headlines) >= 20 and sum(map(len, headlines)) > 0.3 * len(text)


def without_appeal(text: str) -> str:
    """Return the beginning that a paywall shows without the lines that ask for a subscription."""
    lines = text.split("\n")
    start = max(1, len(lines) - 6)
    appeal = next((index for index in range(start, len(lines)) if _PAYWALL.search(lines[index])), len(lines))
    return "\n".join(lines[:appeal])
