"""Signatures of webhooks by the Standard Webhooks specification 1.0 (standardwebhooks.com): symmetric, HMAC-SHA256.

webhook-id          the message's identifier, the same in every attempt
webhook-timestamp   Unix seconds of the attempt
webhook-signature   "v1," and the Base64 of the HMAC over "id.timestamp.body"; several, with blanks between, while
                    two secrets are in force
"""

import base64
import hashlib
import hmac
import secrets

PREFIX = "whsec_"


def new_secret() -> str:
    """Return a fresh secret: 32 random bytes in Base64 behind "whsec_"."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of one message by one secret."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def headers(secrets_in_force: list[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers of one attempt, signed by every secret in force."""
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, message_id, timestamp, body) for secret in secrets_in_force),
    }
