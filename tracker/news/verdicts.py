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
"""Characters below which a text is an article only where the page says that it is one."""

SHORT = 1_500
"""Characters below which a text may be a wall or a stub."""

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


def judge(tree: etree._Element, facts: PageFacts, text: str, url: str, source: str) -> tuple[Verdict, str]:
    """Return what the page is and, where it is no article, why in words.

    *text* is the main text that was extracted, *source* the page's HTML. Only lengths and signs are looked at.
    """
    whole = body_text(tree)
    short = len(text) < SHORT
    heading = facts.title or ""
    if short and len(whole) < 4 * SHORT:
        wall = _wall(heading, whole, source, facts)
        if wall:
            return wall
    if len(whole) < 40 and len(text) < 40:
        if _is_script_shell(tree, whole, source):
            return Verdict.SCRIPT_ONLY, "The page has no text without running its scripts."
        return Verdict.EMPTY, "The page has no text."
    if short and _MISSING.search(heading) and len(text) < 600:
        return Verdict.NOT_AN_ARTICLE, f"The page is an error message: {heading[:100]}."
    if len(text) < MIN_ARTICLE and _is_script_shell(tree, whole, source):
        return Verdict.SCRIPT_ONLY, "The page has no article without running its scripts."
    stub = _stub(facts, text, whole)
    if stub:
        return Verdict.PAYWALL, stub
    return _article_or_not(tree, facts, text, url)


def _wall(heading: str, whole: str, source: str, facts: PageFacts) -> tuple[Verdict, str] | None:
    bot_words, bot_marks = _BOT.search(f"{heading} {whole[:1500]}"), _BOT_MARK.search(source)
    if (
        not facts.is_article
        and len(whole) < SHORT
        and bot_words
        and (bot_marks or _BOT.search(heading) or len(whole) < 500)
    ):
        return Verdict.BOT_WALL, f"The site asks for proof of a human reader ({bot_words[0].lower()})."
    signs = {match[0].lower() for match in _CONSENT.finditer(whole[:4000])}
    if not facts.is_article and len(signs) >= 3 and (_CONSENT_TITLE.search(heading) or len(signs) >= 4):
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
    sign = _PAYWALL.search(text[-800:]) or _PAYWALL.search(whole[:20_000])
    if facts.free_access is False and len(text) < SHORT:
        return "The page says that it is not free to read, and shows only its beginning."
    if facts.free_access is not True and sign and len(text) < SHORT / 2:
        return f"The page shows only its beginning ({sign[0].lower()})."
    return ""


def _article_or_not(tree: etree._Element, facts: PageFacts, text: str, url: str) -> tuple[Verdict, str]:
    if not text:
        return Verdict.NOT_AN_ARTICLE, "No article was found on the page."
    if len(text) < MIN_ARTICLE and not (facts.is_article and len(text) >= 60):
        return Verdict.NOT_AN_ARTICLE, f"The page's main text has only {len(text)} characters."
    path = urlsplit(url or facts.canonical).path
    if not facts.is_article and (url or facts.canonical) and _LIST_PATH.match(path) and _mostly_links(tree, text):
        return Verdict.NOT_AN_ARTICLE, "The page is a list of links, not an article."
    return Verdict.ARTICLE, ""


def _mostly_links(tree: etree._Element, text: str) -> bool:
    """Return whether headlines in links outweigh the sentences of the text."""
    linked = sum(
        len(words) for node in tree.iter("a") for words in [" ".join(map(str, node.itertext()))] if len(words) > 25
    )
    sentences = sum(len(line) for line in text.split("\n") if len(line) > 120)
    return linked > sentences
