"""Whether a public sentence states an accusation as a fact: a pure function, no Django.

A sentence may say that somebody *alleges* that a company stole; it may not say that the company stole, while nobody
with the authority to do so has found it. An accusing word therefore needs, in its own clause, who says so: a verb of
saying before it ("OpenAI alleges that DeepSeek stole …"), an attribution that closes the clause ("…, OpenAI says"),
or a hedge ("allegedly", "is accused of", "may have").

The lists follow what style guides of news agencies advise on reporting accusations: name the source, use a verb that
neither endorses nor doubts it, and keep "guilty", "illegal" and the like for findings.
"""

import re

# Verbs as stems of their forms: what they accuse somebody of when they stand in the indicative.
_ACCUSING = (
    r"st(?:eals?|ole|olen|ealing)",
    r"(?:infring|violat|plagiari[sz]|pirat|defraud|defam|decei?v|misappropriat|fabricat|falsif|sabotag|brib|blackmail"
    r"|exploit|manipulat|discriminat|embezzl|launder|extort|counterfeit|smuggl|traffick|evad|conceal)(?:e|es|ed|ing|s|y|ies|ied"
    r"|ying)?",
    r"breach(?:es|ed|ing)?",
    r"misle(?:ads?|d|ading)",
    r"li(?:es|ed)\s+(?:to|about)|lying\s+(?:to|about)|lied",
    r"cheat(?:s|ed|ing)?",
    r"hack(?:s|ed|ing)?(?!athon)",
    r"sp(?:ies|ied|ying)\s+on",
    r"collud(?:es?|ed|ing)",
    r"conspir(?:es?|ed|ing)",
    r"poach(?:es|ed|ing)?",
    r"harass(?:es|ed|ing)?",
    r"abus(?:es|ed|ing)",
    r"bull(?:ies|ied|ying)",
    r"kill(?:s|ed|ing)",
    r"harm(?:s|ed|ing)",
    r"endanger(?:s|ed|ing)?",
    r"retaliat(?:es?|ed|ing)",
    r"cover(?:s|ed|ing)?\s+up",
    r"ripp?(?:s|ed|ing)?\s+off",
    r"(?:broke|breaks?|breaking)\s+(?:the\s+|its\s+|their\s+|his\s+|her\s+)?(?:laws?|rules?|promises?|contracts?|licen[cs]es?|agreements?)",
    r"(?:broken)\s+(?:the\s+)?(?:laws?|rules?|promises?|contracts?|licen[cs]es?)",
    r"(?:copi(?:es|ed)|copying|cop(?:y)|us(?:es?|ed|ing)|took|takes?|taken|scrap(?:es?|ed|ing)|train(?:s|ed|ing)?|distill?(?:s|ed|ing)?|"
    r"shar(?:es?|ed|ing)|s(?:ells?|old|elling)|collect(?:s|ed|ing)?)\b[^.;:,]{0,80}?\bwithout\s+(?:(?:any|their|its|his|her|"
    r"the|prior|proper|explicit)\s+)*(?:permission|consent|authori[sz]ation|licen[cs]e|payment|paying|compensation|credit|asking)",
    r"(?:is|are|was|were)\s+(?:guilty|complicit|corrupt|fraudulent|responsible\s+for|liable|to\s+blame|behind\s+the)",
    r"caus(?:es?|ed)\s+(?:the\s+)?(?:deaths?|harm|injur(?:y|ies)|suicides?|damage)",
    r"illegal(?:ly)?|unlawful(?:ly)?|fraudulent(?:ly)?|illicit(?:ly)?|criminal(?:ly)?|secretly|knowingly",
)
ACCUSING = re.compile(rf"\b(?:{'|'.join(_ACCUSING)})\b", re.IGNORECASE)

# Who says so: verbs of saying, asking, suing and deciding, in the forms that a claimant's act takes.
_SAYING = (
    r"alleg(?:es?|ed|ing|ations?)",
    r"accus(?:es?|ed|ing|ations?)",
    r"claim(?:s|ed|ing)?",
    r"sa(?:ys?|id|ying)",
    r"stat(?:es?|ed|ing)",
    r"argu(?:es?|ed|ing)",
    r"conten(?:ds?|ded|ding|tion)",
    r"assert(?:s|ed|ing|ion)?",
    r"maintain(?:s|ed|ing)?",
    r"insist(?:s|ed|ing)?",
    r"charg(?:es?|ed|ing)\s+(?:that|with)|charg(?:es|ed)\b",
    r"complain(?:s|ed|ts?|ing)?",
    r"su(?:es?|ed|ing)|lawsuits?|suit|fil(?:es?|ed|ing)|petition(?:s|ed)?",
    r"den(?:y|ies|ied|ying|ials?)",
    r"disput(?:es?|ed|ing)",
    r"reject(?:s|ed|ing)?",
    r"repl(?:y|ies|ied)|respon(?:ds?|ded|se)|answer(?:s|ed)?",
    r"warn(?:s|ed|ing)?",
    r"suggest(?:s|ed|ing)?|impl(?:y|ies|ied)",
    r"believ(?:es?|ed)|suspect(?:s|ed)?|fear(?:s|ed)?|worr(?:y|ies|ied)|thinks?|thought",
    r"report(?:s|ed|edly|ing)?|describ(?:es?|ed|ing)|not(?:es|ed)\b|point(?:s|ed)\s+out",
    r"criticis?z?(?:es?|ed|ing)|blam(?:es?|ed|ing)|condemn(?:s|ed|ing)?|denounc(?:es?|ed|ing)|protest(?:s|ed|ing)?",
    r"demand(?:s|ed|ing)?|ask(?:s|ed|ing)?|urg(?:es?|ed|ing)|call(?:s|ed|ing)?\s+(?:on|for|it|this|that|the)",
    r"rais(?:es?|ed|ing)\s+(?:a\s+)?concerns?|question(?:s|ed|ing)?",
    r"tells?|told|testif(?:y|ies|ied)|writes?|wrote|posted|tweeted|acknowledg(?:es?|ed)|admit(?:s|ted)?|conced(?:es?|ed)",
    r"appeal(?:s|ed)?|investigat(?:es?|ed|ing|ions?)|prob(?:es?|ed|ing)|examin(?:es?|ed|ing)|look(?:s|ed|ing)\s+into",
    r"f(?:inds?|ound|inding)|rul(?:es?|ed|ing)|h(?:olds?|eld)\s+that|conclud(?:es?|ed|ing)|decid(?:es?|ed)",
    r"fin(?:es|ed)|penali[sz](?:es?|ed)|order(?:s|ed)|ban(?:s|ned)|convict(?:s|ed)|sentenc(?:es?|ed)|indict(?:s|ed)",
    r"settl(?:es?|ed|ing)|sanction(?:s|ed)|dismiss(?:es|ed)?|apologi[sz](?:es?|ed)|promis(?:es?|ed)|pledg(?:es?|ed)",
    r"show(?:s|ed|ing)|identif(?:y|ies|ied)|detect(?:s|ed)",
)
_HEDGES = (
    r"allegedly|reportedly|purportedly|supposedly|apparently|possibly|perhaps|according\s+to|in\s+the\s+view\s+of",
    r"may|might|could|would|whether|if|suspected|accused|alleged|potential(?:ly)?",
    r"(?:did|does|do|has|have|had|was|were|is|are|never|not)\s+not|never|n['\u2019]t",
)
SAYING = re.compile(rf"\b(?:{'|'.join((*_SAYING, *_HEDGES))})\b", re.IGNORECASE)
CLOSING = re.compile(
    rf"(?:,|[\u201d\"]|–|—)\s*(?:as\s+)?[^,;]{{0,80}}\b(?:{'|'.join(_SAYING)})\b[^,;]{{0,60}}\s*[.!?]?\s*$"
    r"|\b(?:according\s+to|in\s+the\s+view\s+of)\b",
    re.IGNORECASE,
)

# A new clause with a subject of its own is under no attribution of the clause before; "and that …" is.
_CLAUSES = re.compile(
    r"(?<=[.!?;])\s+|;\s*|,?\s+(?:but|while|whereas|after|because|since|although)\s+(?!that\b)"
    r"|,\s+(?:and|so)\s+(?!that\b|also\b)(?=[A-Z\"\u201c]|it\b|they\b|he\b|she\b|the\b)"
)
# "OpenAI, which says that it is careful, stole …": what stands between the commas attributes nothing outside.
_ASIDE = re.compile(r",\s+(?:which|who|whose|where)\b[^,]*,")


def bare_accusations(sentence: str) -> list[str]:
    """Return the accusing words of *sentence* that nobody is named as saying, in their order; [] where it may stand.

    >>> bare_accusations("DeepSeek stole OpenAI's models.")
    ['stole']
    >>> bare_accusations("OpenAI alleges that DeepSeek stole its models.")
    []
    """
    return [word for clause in _CLAUSES.split(sentence) if clause for word in _bare(clause)]


def _bare(clause: str) -> list[str]:
    closed = CLOSING.search(clause)
    found = []
    for match in ACCUSING.finditer(clause):
        before = _ASIDE.sub(" ", clause[: match.start()])
        after_aside = clause[: match.start()] != before
        attributed = SAYING.search(before) or (closed and closed.start() >= match.end())
        inside_aside = not after_aside and _in_aside(clause, match.start())
        if not attributed and not (inside_aside and SAYING.search(clause[: match.start()])):
            found.append(" ".join(match[0].split()))
    return found


def _in_aside(clause: str, place: int) -> bool:
    return any(aside.start() < place < aside.end() for aside in _ASIDE.finditer(clause))
