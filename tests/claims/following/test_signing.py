"""Signatures are those of the Standard Webhooks specification."""

import base64
import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from claims.following import signing


def test_a_signature_is_the_specifications_own_example() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    made = signing.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(max_size=200), st.text(min_size=1, max_size=30), st.integers(0, 2**40))
def test_whoever_has_the_secret_can_check_and_nobody_else(body: bytes, key: str, moment: int) -> None:
    one, other = signing.new_secret(), signing.new_secret()
    made = signing.sign(one, key, moment, body)
    digest = hmac.new(
        base64.b64decode(one[len("whsec_") :]), f"{key}.{moment}.".encode() + body, hashlib.sha256
    ).digest()
    assert made == "v1," + base64.b64encode(digest).decode()
    assert signing.sign(other, key, moment, body) != made
    assert signing.sign(one, key, moment + 1, body) != made
    assert signing.headers([one, other], key, moment, body)["webhook-signature"].split() == [
        made,
        signing.sign(other, key, moment, body),
    ]
