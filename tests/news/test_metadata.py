"""What holds of what a page says of itself: title, authors, dates, language, address, whether it is free."""

import json
from datetime import datetime

import pytest

from tests.news.made_pages import SENTENCE, URL, article, page, read
from tracker.news.types import DateSource


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        ("<title>Court keeps the logs | Gazette</title>", "", "Court keeps the logs"),
        ("<title>Court keeps the logs - Courts - Gazette</title>", "", "Court keeps the logs"),
        (
            "<title>Gazette: Court keeps the logs of a model</title>",
            "Court keeps the logs of a model",
            "Court keeps the logs of a model",
        ),
        ("<title>Court – a chronology | gazette.example</title>", "", "Court – a chronology"),
        ("<title>Q&amp;amp;A: the court and the logs</title>", "", "Q&A: the court and the logs"),
        ("<title>Court keeps…</title>", "Court keeps the logs of the case", "Court keeps the logs of the case"),
        ("<title>x</title>", "Court <span>keeps</span> the<br>logs", "Court keeps the logs"),
        (
            '<title>G</title><meta property="og:title" content="Court keeps the logs">',
            "<img alt=logo>",
            "Court keeps the logs",
        ),
        ("<title>Court keeps the logs</title>", "Exclusive Court keeps the logs", "Court keeps the logs"),
        ("<title>AI – friend or foe? - The Gazette</title>", "AI – friend or foe?", "AI – friend or foe?"),
        ("", "Only a heading to be seen", "Only a heading to be seen"),
        (
            "<title>Ana's Notes » Court keeps the logs</title>",
            "</h1><h2>Court keeps the logs</h2><h1>",
            "Court keeps the logs",
        ),
        (
            '<title>Court keeps the logs of the case - Gazette</title><meta name="title" content="Court keeps…">',
            "Court keeps...",
            "Court keeps the logs of the case",
        ),
        (
            '<title>court-keeps-logs</title><meta property="og:title" content="court-keeps-logs">',
            "Court keeps the logs",
            "Court keeps the logs",
        ),
        (
            "<title>Courts: Who keeps the logs?</title>",
            '<span>Courts</span><span class="visually-hidden">: </span><span>Who keeps the logs?</span>',
            "Courts: Who keeps the logs?",
        ),
    ],
)
def test_the_title_is_the_headline_without_the_outlet(head: str, heading: str, title: str) -> None:
    site = '<meta property="og:site_name" content="Gazette">'
    assert read(page(f"<h1>{heading}</h1><p>{SENTENCE * 5}</p>", head=head + site)).title == title


@pytest.mark.parametrize(
    ("head", "above", "authors"),
    [
        ('<meta name="author" content="Ana Example">', "", ("Ana Example",)),
        ('<meta name="author" content="By Ana Example and Bo Example">', "", ("Ana Example", "Bo Example")),
        (
            '<meta name="author" content="Ana Example, Bo Example &amp; Cy Example">',
            "",
            ("Ana Example", "Bo Example", "Cy Example"),
        ),
        ('<meta name="author" content="Gazette">', "<p class=byline>By Ana Example</p>", ("Ana Example",)),
        ('<meta name="author" content="admin">', '<a rel="author" href="/ana">Ana Example</a>', ("Ana Example",)),
        ('<meta property="article:author" content="https://social.example/ana">', "", ()),
        ('<meta name="parsely-author" content="ANA EXAMPLE">', "", ("Ana Example",)),
        ("", "<div>By Ana Example, Chief Reporter</div>", ("Ana Example",)),
        ("", "<p>Words: Ana Example</p>", ("Ana Example",)),
        ("", "<p>Text by Ana Example, photos by Bo Example</p>", ("Ana Example",)),
        ("", '<span class="author-name">Von Ana Example</span>', ("Ana Example",)),
        ("", "<p>By Tuesday, the logs had gone.</p>", ()),
        ("", '<a rel="author" href="/ana">View all posts by Ana Example</a>', ("Ana Example",)),
        ("", '<div class="StoryByline">By <b>Ana Example</b></div>', ("Ana Example",)),
        (
            "",
            '<div class="related-stories"><a rel="author" href="/bo">Bo Example</a></div><p>By Ana Example</p>'
            '<a rel="author" href="/ana">Ana Example</a>',
            ("Ana Example",),
        ),
    ],
)
def test_authors_are_names(head: str, above: str, authors: tuple[str, ...]) -> None:
    site = '<meta property="og:site_name" content="Gazette">'
    assert read(article(above=above, head=head + site)).authors == authors


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        (  # what was written for search engines gives way to the only heading
            "<title>Logs of a model 2025 | Gazette</title>",
            "<h1>Court tells the maker to keep everything</h1>",
            "Court tells the maker to keep everything",
        ),
        (  # an exact smaller heading comes before a first heading that is merely like it
            "<title>Court keeps! | Gazette</title>",
            "<h2>Court keeps!</h2><p>w</p><h1>Court keeps all</h1>",
            "Court keeps!",
        ),
        (  # a heading that leads to the start of the site is the outlet's name
            "<title>Ana's Notes › Archive › Court keeps the logs</title>",
            '<h1><a href="/">Ana\'s Notes</a></h1><h2>Court keeps the logs</h2>',
            "Court keeps the logs",
        ),
        (
            "<title>Market day › The old walls</title>",
            "<h1>The old walls</h1><h2>Market day</h2>",
            "Market day",
        ),
        (  # the feed of a post's comments names the post
            '<title>gazette.example</title><link type="application/rss+xml" title="Gazette » Court keeps: all logs '
            'Comments Feed" href="/feed">',
            "<h1></h1><h2>Court keeps: all logs</h2>",
            "Court keeps: all logs",
        ),
        ("<title>Court keeps the logs ‹ Gazette</title>", "<h2>Latest news</h2>", "Court keeps the logs"),
        (  # without words of a title in it, one heading of several decides nothing
            '<title>Court keeps the logs</title><meta property="og:title" content="Court keeps the logs">',
            "<h1>All the news that fits</h1><h1>And more of the news</h1>",
            "Court keeps the logs",
        ),
    ],
)
def test_of_headings_and_titles_the_one_that_readers_take_for_the_headline_counts(
    head: str, body: str, title: str
) -> None:
    site = '<meta property="og:site_name" content="Gazette">'
    assert read(page(f"{body}<p>{SENTENCE * 5}</p>", head=head + site)).title == title


@pytest.mark.parametrize(
    ("head", "above", "authors"),
    [
        ('<meta name="author" content="Gazette Media GmbH">', "<p>Von Ana Example, Berlin</p>", ("Ana Example",)),
        ('<meta name="author" content="AFP">', "<p>Court</p>", ("AFP",)),
        (
            '<meta name="author" content="AFP">',
            "<ul><li><h3>Another story</h3><span class=author>By Bo Example</span></li></ul>",
            ("AFP",),
        ),
        ('<meta name="author" content="Ana">', "<p>By Bo Example</p>", ("Ana",)),
        (
            "",
            '<div id="postauthor">Autor: <a href="/x">Ana Example</a><br><a href="/y">More</a></div>',
            ("Ana Example",),
        ),
        ("", '<p class="firma"><em>Ana Ejemplo</em> | <span>Madrid</span></p>', ("Ana Ejemplo",)),
        ("", "<cite>By Ana Example<br>GAZETTE.com<br><a href=/a>Archive</a> | Contact</cite>", ("Ana Example",)),
        (
            "",
            '<p class="author vcard"><b class=fn>Ana Example</b> Senior Washington Correspondent</p>',
            ("Ana Example",),
        ),
        ("", "<p>Friday | 14 June 2024 | 15:49 BY Ana Example IN Fashion</p>", ("Ana Example",)),
        ("", "<ul><li><strong>Author</strong> Ana Example</li></ul>", ("Ana Example",)),
        ("", '<ul><li><a href="/authors/ana">Ana Example</a></li></ul>', ("Ana Example",)),
        ("", f'<p>{SENTENCE} <a href="/authors/bo">Bo Example</a> {SENTENCE}</p>', ()),
        ("", "<span>Ana Example </span> | 04.02.2025, 14:26", ()),
        ("", "<p>Posted by Stadler at 12:53</p>", ("Stadler",)),
        (
            "",
            '<li class=auteur>Par <a rel="author">Ana Exemple</a>, <span itemprop="author">Bo Exemple</span></li>',
            ("Ana Exemple", "Bo Exemple"),
        ),
        ('<meta name="search.byline" content="Ana Example">', "", ("Ana Example",)),
        ('<meta name="author_id" content="1234">', "", ()),
        ("", "<footer><p>By Bo Example</p></footer>", ("Bo Example",)),
        ("", "<p>Removal of Scratches, by hand</p>", ()),
    ],
)
def test_whoever_the_page_names_beside_its_headline_wrote_it(head: str, above: str, authors: tuple[str, ...]) -> None:
    site = '<meta property="og:site_name" content="Gazette">'
    assert read(article(above=above, head=head + site)).authors == authors


def test_a_name_beside_the_day_of_publication_is_the_author_s() -> None:
    dated = '<meta property="article:published_time" content="2025-02-04T10:00:00+01:00">'
    line = "<p><span>Ana Example </span> | 04.02.2025, 14:26</p>"
    assert read(article(above=line, head=dated)).authors == ("Ana Example",)
    assert read(article(above=line.replace("04.02", "05.02"), head=dated)).authors == ()
    assert read(article(above=line.replace("Ana Example", "Tuesday Evening"), head=dated)).authors == ()


def test_a_reference_in_json_ld_is_followed_and_an_organisation_behind_it_gives_way_to_a_person() -> None:
    def head(author: object, *things: object) -> str:
        graph = [{"@type": "NewsArticle", "headline": "x", "author": author}, *things]
        return f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>'

    person = {"@id": "#p", "@type": "Person", "name": "Ana Example"}
    wire = {"@id": "#w", "@type": "Organization", "name": "Wire Service"}
    assert read(article(head=head([{"@id": "#w"}, {"@id": "#p"}], person, wire))).authors == ("Ana Example",)
    assert read(article(head=head({"@id": "#w"}, wire))).authors == ("Wire Service",)
    assert read(article(head=head({"@id": "#w"}, wire), above="<p>By Bo Example</p>")).authors == ("Bo Example",)


@pytest.mark.parametrize(
    ("author", "authors"),
    [
        ({"@type": "Person", "name": "Ana Example"}, ("Ana Example",)),
        ([{"name": "Ana Example"}, {"name": "Bo Example"}], ("Ana Example", "Bo Example")),
        ("Ana Example", ("Ana Example",)),
        (["Ana Example", "Bo Example"], ("Ana Example", "Bo Example")),
        ({"name": ["Ana Example", "Bo Example"]}, ("Ana Example", "Bo Example")),
        ([{"@type": "Organization", "name": "Wire"}, {"@type": "Person", "name": "Ana Example"}], ("Ana Example",)),
        ({"@type": "Organization", "name": "Other Wire"}, ("Other Wire",)),
        ({"@type": "Organization", "name": "Gazette"}, ()),
        ({"@type": "Person", "name": None}, ()),
        ('{ "@type": "Person", "name": "Ana Example" }', ("Ana Example",)),
        ({"@list": [{"name": "Ana Example"}, {"name": "Bo Example"}]}, ("Ana Example", "Bo Example")),
        ({"@type": "Person", "givenName": "Ana", "familyName": "Example"}, ("Ana Example",)),
        ({"@type": "Person", "name": "https://social.example/ana"}, ()),
        (17, ()),
    ],
)
def test_authors_in_json_ld_take_any_form(author: object, authors: tuple[str, ...]) -> None:
    thing = {"@type": "NewsArticle", "headline": "x", "author": author, "publisher": {"name": "Gazette"}}
    assert read(article(head=f'<script type="application/ld+json">{json.dumps(thing)}</script>')).authors == authors


def test_of_several_articles_in_json_ld_the_page_s_own_counts() -> None:
    def thing(headline: str, author: str, **more: str) -> dict[str, object]:
        return {"@type": "NewsArticle", "headline": headline, "author": {"@type": "Person", "name": author}, **more}

    other = thing("Another story", "Bo Example", datePublished="2025-01-01T10:00:00+01:00")
    things = [other, thing("Court keeps the logs", "Ana Example", datePublished="2025-02-04")]
    head = f'<title>Court keeps the logs | G</title><script type="application/ld+json">{json.dumps(things)}</script>'
    found = read(article(head=head))
    assert (found.title, found.authors) == ("Court keeps the logs", ("Ana Example",))
    assert found.published is not None
    assert found.published.date().isoformat() == "2025-02-04"


def test_a_person_named_under_the_headline_comes_before_an_organisation_in_json_ld() -> None:
    thing = {"@type": "NewsArticle", "headline": "x", "author": {"@type": "Organization", "name": "Wire Service"}}
    head = f'<script type="application/ld+json">{json.dumps(thing)}</script>'
    assert read(article(head=head, above="<p>By Ana Example</p>")).authors == ("Ana Example",)
    elsewhere = '<div class="teaser"><a rel="author" href="/bo">Bo Example</a></div>'
    assert read(article(head=head).replace(b"</article>", f"</article>{elsewhere}".encode())).authors != ()
    assert read(article(head=head)).authors == ("Wire Service",)


def test_the_date_of_an_embedded_post_is_not_the_pages() -> None:
    embedded = '<blockquote class="embed"><time datetime="2018-03-12T19:30:12+00:00">12 March</time></blockquote>'
    found = read(article(above=f"{embedded}<p>Published 4 February 2025</p>"), url="https://gazette.example/x")
    assert found.published is not None
    assert found.published.date().isoformat() == "2025-02-04"


@pytest.mark.parametrize(
    "above",
    [
        '<time datetime="2025-02-04T10:00:00Z">4 Feb</time><p>Text</p><time pubdate datetime="2026-03-01">x</time>',
        '<time datetime="2025-02-01">x</time><time class="published" datetime="2025-02-04">y</time>',
        '<time datetime="2025-03-09T10:18:46Z">Published 4 February 2025</time>',
        '<ul class="facts"><li><b>Date</b> 04.02.2025</li></ul>',
    ],
)
def test_the_first_date_below_the_headline_counts_as_readers_see_it(above: str) -> None:
    spread = "<p>word</p><p>word</p>" if "pubdate" in above else ""
    body = article(above=above.replace("<p>Text</p>", spread * 2 + '<time datetime="2026-01-01">a</time>' * 2))
    found = read(body, url="https://gazette.example/x")
    assert found.published is not None
    assert found.published.date().isoformat() == "2025-02-04"


@pytest.mark.parametrize(
    ("head", "above", "day", "source"),
    [
        (
            '<meta property="article:published_time" content="2025-02-04T23:30:00-05:00">',
            "",
            "2025-02-04",
            DateSource.META,
        ),
        ('<meta name="date" content="20250204">', "", "2025-02-04", DateSource.META),
        ('<meta name="pubdate" content="Feb 4, 2025 11:30 PM">', "", "2025-02-04", DateSource.META),
        (
            '<meta name="dc.date" content="nonsense"><meta name="date" content="4 février 2025">',
            "",
            "2025-02-04",
            DateSource.META,
        ),
        ("", '<time datetime="2025-02-04T08:00:00Z">Tuesday</time>', "2025-02-04", DateSource.TIME),
        (
            "",
            '<time class="updated" datetime="2025-02-09">now</time><time datetime="2025-02-04">x</time>',
            "2025-02-04",
            DateSource.TIME,
        ),
        ("", "<p>4 February 2025</p>", "2025-02-04", DateSource.TEXT),
        ("", "<ul><li>Published</li><li>4 February 2025</li></ul>", "2025-02-04", DateSource.TEXT),
        (
            "",
            "<dl><dt>Last updated</dt><dd>9 February 2025</dd><dt>Published:</dt><dd>4 February 2025</dd></dl>",
            "2025-02-04",
            DateSource.TEXT,
        ),
        (
            "",
            "<p>w</p>" * 80 + "<p>9 January 2025</p><dl><dt>Published</dt><dd>4 February 2025</dd></dl>",
            "2025-02-04",
            DateSource.TEXT,
        ),
        ("", "<p>Updated 9 February 2025</p><p>Published: February 4th, 2025</p>", "2025-02-04", DateSource.TEXT),
        ("", "<span>04.02.2025, 08:15 Uhr</span>", "2025-02-04", DateSource.TEXT),
    ],
)
def test_the_day_of_publication_is_the_page_s_own(head: str, above: str, day: str, source: DateSource) -> None:
    found = read(article(head=head, above=above), url="https://gazette.example/story")
    assert found.published is not None
    assert (found.published.date().isoformat(), found.published_source) == (day, source)


@pytest.mark.parametrize(
    ("above", "day"),
    [
        ('<meta name="publishdate" content="05/29/2007 09:49:00">', "2007-05-29"),
        ('<span class="publish-time" data-publishtime="1425913200851">3/09/15 8:00am</span>', "2015-03-09"),
        ("<p>3/09/15</p>", "2015-03-09"),
        ("<p>Feb. 23, 2025 -- Life has become harder for makers of models, a court found.</p>", "2025-02-23"),
        ("<p>BERLIN, February 23, 2025 (Wire) — The court has found that logs have to be kept.</p>", "2025-02-23"),
        (f"<p>{SENTENCE * 3}</p><div><b>Source</b> PUBLISHED ON 23 February 2025 <i>Tags</i></div>", "2025-02-23"),
        (  # a calendar beside the text is not the article's
            "<p>w</p>" * 90 + "</article><div><div><div><time datetime='2025-12-11'>11.12.2025</time></div></div></div>"
            "<div>Quelle<br>VERÖFFENTLICHT AM 07.06.2025</div><article>",
            "2025-06-07",
        ),
        (  # a day right above the headline, in the same block
            "</h1></article><div><p><a class=meta-time>23/02/2025</a></p><h1>Court keeps the logs</h1>"
            "<p>w</p>" * 1 + "<div>14/06/2024</div></div><article><h1>",
            "2025-02-23",
        ),
        (  # the first time in the article's own block, not the teaser that says pubdate
            "<p><time datetime='2025-02-23'>23 Feb</time></p></article>"
            "<div><div><a><time pubdate datetime='2025-09-22'>x</time></a></div></div><article>",
            "2025-02-23",
        ),
        ("<p>w</p></article><footer>x</footer><article><footer><p>23 February 2025</p></footer>", "2025-02-23"),
    ],
)
def test_the_day_is_found_wherever_the_page_says_it(above: str, day: str) -> None:
    found = read(article(above=above), url="https://gazette.example/story")
    assert found.published is not None
    assert found.published.date().isoformat() == day


@pytest.mark.parametrize(
    ("lang", "url", "day"),
    [
        ("en-US", "https://gazette.example/x", "2025-04-11"),
        ("en", "https://gazette.example/x", "2025-04-11"),
        ("en", "https://gazette.co.uk/x", "2025-11-04"),
        ("en-GB", "https://gazette.example/x", "2025-11-04"),
        ("fr", "https://gazette.example/x", "2025-11-04"),
    ],
)
def test_the_language_says_whether_the_month_comes_first(lang: str, url: str, day: str) -> None:
    found = read(page(f"<h1>Court keeps the logs</h1><p>04/11/2025</p><p>{SENTENCE * 5}</p>", lang=lang), url=url)
    assert found.published is not None
    assert found.published.date().isoformat() == day


@pytest.mark.parametrize(
    ("stated", "url", "above", "moment"),
    [
        ("2025-02-07T03:42:00Z", "/2025/2/6/x", "", "2025-02-06T23:42:00-04:00"),
        ("2025-02-07T03:42:00Z", "/x", "<p>February 6, 2025 11:42 pm</p>", "2025-02-06T23:42:00-04:00"),
        ("2025-02-06T22:42:00Z", "/2025/02/07/x", "", "2025-02-07T00:42:00+02:00"),
        ("2025-02-07T03:42:00Z", "/2025/02/01/x", "", "2025-02-07T03:42:00+00:00"),
        ("2025-02-07T03:42:00+01:00", "/2025/02/06/x", "", "2025-02-07T03:42:00+01:00"),
        ("2025-02-07T03:42:00Z", "/x", "<p>Updated February 8, 2025</p>", "2025-02-07T03:42:00+00:00"),
        ("2025-02-07", "/2025/2/6/x", "<p>February 6, 2025</p>", "2025-02-06T00:00:00+00:00"),
    ],
)
def test_a_moment_in_utc_lies_on_the_day_that_readers_see(stated: str, url: str, above: str, moment: str) -> None:
    head = f'<meta property="article:published_time" content="{stated}">'
    found = read(article(above=above, head=head), url=f"https://gazette.example{url}")
    assert found.published is not None
    day = moment[:10]
    assert found.published.date().isoformat() == day
    if "T" in stated:  # the moment itself is as stated, whatever the zone
        assert found.published == datetime.fromisoformat(stated)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2015/04/16/court", "2015-04-16"),
        ("/2015/4/6/8357987/court", "2015-04-06"),
        ("/2011/nov/18/court", "2011-11-18"),
        ("/2010/POLITICS/08/13/court", "2010-08-13"),
        ("/news/2013-04-22/court/4644544", "2013-04-22"),
        ("/news/court-20150416.html", "2015-04-16"),
        ("/2015/20/48/court", None),
        ("/20151/court", None),
    ],
)
def test_a_day_in_the_url_takes_many_forms(path: str, day: str | None) -> None:
    found = read(article(), url=f"https://gazette.example{path}")
    assert (found.published.date().isoformat() if found.published else None) == day


def test_a_page_that_states_its_last_change_alone_is_dated_by_it_as_a_guess() -> None:
    found = read(article(head='<meta property="article:modified_time" content="2025-02-04T10:00:00Z">'), url="")
    assert found.published is not None
    assert found.published_source is DateSource.GUESS


def test_a_date_in_the_url_is_used_where_the_page_has_none() -> None:
    found = read(article(), url="https://gazette.example/2025/02/04/logs")
    assert (found.published_raw, found.published_source, found.published_is_day) == ("2025-02-04", DateSource.URL, True)


def test_an_undated_page_has_no_date() -> None:
    found = read(article(), url="https://gazette.example/story")
    assert (found.published, found.published_source) == (None, DateSource.NONE)


@pytest.mark.parametrize(
    ("head", "url", "canonical"),
    [
        ('<link rel="canonical" href="/a?utm_source=x&amp;id=3#top">', URL, "https://gazette.example/a?id=3"),
        ('<meta property="og:url" content="https://gazette.example/b">', URL, "https://gazette.example/b"),
        ('<link rel="canonical" href="https://gazette.example/">', URL, URL),
        ('<link rel="canonical" href="javascript:alert(1)">', URL, URL),
        ('<link rel="canonical" href="">', URL + "?fbclid=1", URL),
        ('<link rel="canonical" href="https://origin.example/story">', URL, "https://origin.example/story"),
        ("", "", ""),
    ],
)
def test_the_canonical_url_is_the_page_s_word_cleaned(head: str, url: str, canonical: str) -> None:
    assert read(article(head=head + "<title>x</title>"), url=url).canonical_url == canonical


@pytest.mark.parametrize(
    ("lang", "head", "language"),
    [
        ("en-us", "", "en-US"),
        ("pt_BR", "", "pt-BR"),
        ("zh-Hans-CN", "", "zh-Hans-CN"),
        ("", '<meta property="og:locale" content="de_DE">', "de-DE"),
        ("und", '<meta http-equiv="content-language" content="fr">', "fr"),
        ("", "", "en"),
    ],
)
def test_the_language_is_stated_or_recognised(lang: str, head: str, language: str) -> None:
    body = article(head=head + "<title>x</title>").replace(b'lang="en"', f'lang="{lang}"'.encode())
    assert read(body).language == language


@pytest.mark.parametrize(
    ("value", "free"), [(True, True), ("False", False), ("http://schema.org/False", False), (None, None), ("?", None)]
)
def test_free_access_is_read(value: object, free: bool | None) -> None:
    thing = json.dumps({"@type": "NewsArticle", "headline": "x", "isAccessibleForFree": value})
    assert read(article(head=f'<script type="application/ld+json">{thing}</script>', paragraphs=20)).free_access is free


@pytest.mark.parametrize(
    "script",
    ["{", '{"@graph": 3}', "null", '[[[{"@type": []}]]]', "<!-- {} -->", '{"@type": "NewsArticle",}', "[" * 5000],
)
def test_broken_json_ld_costs_nothing(script: str) -> None:
    found = read(
        article(head=f'<title>Court keeps the logs</title><script type="application/ld+json">{script}</script>')
    )
    assert (found.title, found.is_article) == ("Court keeps the logs", True)
