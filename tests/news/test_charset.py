"""What holds of finding a page's charset."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.news.charset import decode

FRENCH = "Le juge a tranché : « les journaux d’entraînement » sont à garder, où qu’ils soient. Ça suffit, dit-elle. "
RUSSIAN = "Суд во вторник обязал разработчика языковых моделей хранить журналы обучения до конца процесса. "
GREEK = "Το δικαστήριο διέταξε την εταιρεία να κρατήσει τα αρχεία εκπαίδευσης μέχρι το τέλος της δίκης. "
JAPANESE = "裁判所は言語モデルの開発会社に対し、訴訟が続く間、訓練の記録を保存するよう命じた。これは長い話である。"
CHINESE = "法院周二命令一家语言模型公司在诉讼期间保留其训练日志。出版商称其文章未经许可被复制。"
KOREAN = "법원은 화요일 언어 모델 회사에 소송이 진행되는 동안 훈련 기록을 보존하라고 명령했다."
POLISH = "Sąd nakazał we wtorek producentowi modeli językowych zachować dzienniki szkolenia, dopóki trwa proces. "


def page(text: str, declared: str = "") -> str:
    meta = f'<meta charset="{declared}">' if declared else ""
    return f"<html><head>{meta}<title>T</title></head><body><p>{text * 6}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "header"),
    [
        (FRENCH, "utf-8", "", ""),
        (FRENCH, "utf-8", "iso-8859-1", ""),
        (FRENCH, "utf-8", "", "text/html; charset=windows-1252"),
        (FRENCH, "cp1252", "iso-8859-1", ""),
        (FRENCH, "cp1252", "", "text/html; charset=ISO-8859-1"),
        (FRENCH, "cp1252", "utf-8", ""),
        (POLISH, "iso-8859-2", "iso-8859-2", ""),
        (POLISH, "cp1250", "windows-1250", "text/html"),
        (RUSSIAN, "cp1251", "windows-1251", ""),
        (RUSSIAN, "cp1251", "iso-8859-1", ""),
        (RUSSIAN, "cp1251", "utf-8", ""),
        (RUSSIAN, "koi8-r", "koi8-r", ""),
        (RUSSIAN, "cp1251", "", "text/html; charset=windows-1251"),
        (GREEK, "iso-8859-7", "iso-8859-7", ""),
        (JAPANESE, "cp932", "Shift_JIS", ""),
        (JAPANESE, "euc-jp", "euc-jp", ""),
        (JAPANESE, "cp932", "utf-8", ""),
        (CHINESE, "gb18030", "gb2312", ""),
        (CHINESE, "gb18030", "utf-8", ""),
        (CHINESE, "gb18030", "iso-8859-1", ""),
        (KOREAN, "cp949", "euc-kr", ""),
        (JAPANESE, "utf-16", "", ""),
        (FRENCH, "utf-16-le", "", ""),
        (FRENCH, "utf-8-sig", "iso-8859-1", ""),
        (FRENCH, "utf-8", "no-such-charset", "text/html; charset=neither"),
    ],
)
def test_a_page_is_decoded_whatever_it_declares(text: str, encoding: str, declared: str, header: str) -> None:
    written = page(text, declared)
    assert decode(written.encode(encoding), header) == written


def test_a_page_cut_within_a_character_is_still_utf_8() -> None:
    body = page(RUSSIAN).encode()
    cut = body[: body.index("процесса".encode()) + 3]
    assert decode(cut).startswith(cut[:-1].decode("utf-8", "ignore"))


def test_a_stray_byte_does_not_spoil_the_rest() -> None:
    body = page(RUSSIAN).encode().replace(b"</p>", b"\xff</p>")
    assert RUSSIAN in decode(body)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_decoding_never_fails(body: bytes, content_type: str) -> None:
    assert isinstance(decode(body, content_type), str)
