"""Language models of OpenAI's and Anthropic's kind, each asked through its maker's own SDK.

The SDKs are optional (the extra "llm") and imported when a model is made. Servers that speak one of the two
protocols, local ones too, are reached by their base URL. Whatever goes wrong becomes a `ModelError` with a short
reason: a time-out, a refusal, HTTP 429, an answer cut off, too large or not of the protocol.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

from claims.extraction.llm.types import Model, ModelError, Reply

TIMEOUT = 90.0
# One more try, after the pause that the provider asks for: the work is leased for five minutes.
RETRIES = 1
MAX_TOKENS = 8_192
# An answer of 8,192 tokens is some 40 KB; JSON, escapes and envelope included this is ample.
MOST_BYTES = 2_000_000


class MissingSdkError(Exception):
    """The provider's SDK is not installed; the message says what to install."""


class OpenAiModel:
    """A model behind the Chat Completions API: OpenAI's, or a server that speaks it (vLLM, llama.cpp, Ollama)."""

    provider = "openai"

    def __init__(self, name: str, key: str, base_url: str = "", *, timeout: float = TIMEOUT) -> None:
        self.name, self.max_tokens = name, MAX_TOKENS
        self._timeout = timeout
        try:
            import openai
        except ImportError:
            raise MissingSdkError(_missing("openai")) from None
        self._sdk = openai
        self._client = openai.OpenAI(
            api_key=key,
            base_url=base_url or None,
            timeout=timeout,
            max_retries=RETRIES,
            http_client=_http_client(timeout),
        )

    def ask(self, instructions: str, message: str, schema: dict[str, Any]) -> Reply:
        """Return the model's answer; raises `ModelError`."""
        return _asked(self._sdk, self._timeout, lambda: self._ask(instructions, message, schema))

    def _ask(self, instructions: str, message: str, schema: dict[str, Any]) -> Reply:
        completion = self._client.chat.completions.create(
            model=self.name,
            messages=[{"role": "system", "content": instructions}, {"role": "user", "content": message}],
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "claims", "strict": True, "schema": schema},
            },
            max_completion_tokens=self.max_tokens,
        )
        usage = completion.usage
        used = _used(usage and usage.prompt_tokens, usage and usage.completion_tokens)
        choice = completion.choices[0]
        if choice.message.refusal or choice.finish_reason == "content_filter":
            raise ModelError("the model refused", **used, billed=True)
        if choice.finish_reason == "length":
            raise ModelError("the answer was cut off", **used, billed=True)
        return Reply(_text(choice.message.content), **used)


class AnthropicModel:
    """A model behind the Messages API."""

    provider = "anthropic"

    def __init__(self, name: str, key: str, base_url: str = "", *, timeout: float = TIMEOUT) -> None:
        self.name, self.max_tokens = name, MAX_TOKENS
        self._timeout = timeout
        try:
            import anthropic
        except ImportError:
            raise MissingSdkError(_missing("anthropic")) from None
        self._sdk = anthropic
        self._client = anthropic.Anthropic(
            api_key=key,
            base_url=base_url or None,
            timeout=timeout,
            max_retries=RETRIES,
            http_client=_http_client(timeout),
        )

    def ask(self, instructions: str, message: str, schema: dict[str, Any]) -> Reply:
        """Return the model's answer; raises `ModelError`."""
        return _asked(self._sdk, self._timeout, lambda: self._ask(instructions, message, schema))

    def _ask(self, instructions: str, message: str, schema: dict[str, Any]) -> Reply:
        answer = self._client.messages.create(
            model=self.name,
            system=instructions,
            messages=[{"role": "user", "content": message}],
            output_config={"format": {"type": "json_schema", "schema": schema}},
            max_tokens=self.max_tokens,
        )
        used = _used(answer.usage.input_tokens, answer.usage.output_tokens)
        if answer.stop_reason == "refusal":
            raise ModelError("the model refused", **used, billed=True)
        if answer.stop_reason in {"max_tokens", "model_context_window_exceeded"}:
            raise ModelError("the answer was cut off", **used, billed=True)
        return Reply("".join(_text(block.text) for block in answer.content if block.type == "text"), **used)


def model(provider: str, name: str, key: str, base_url: str = "", *, timeout: float = TIMEOUT) -> Model:
    """Return the model *name* of *provider*, "openai" or "anthropic"; raises `MissingSdkError`."""
    kinds: dict[str, Callable[..., Model]] = {"openai": OpenAiModel, "anthropic": AnthropicModel}
    return kinds[provider](name, key, base_url, timeout=timeout)


def _asked(sdk: Any, timeout: float, ask: Callable[[], Reply]) -> Reply:
    """Return what *ask* returns, with what an SDK may raise as `ModelError`; both SDKs share their names of errors."""
    try:
        return ask()
    except ModelError:
        raise
    except sdk.APITimeoutError:
        raise ModelError(f"no answer within {timeout:g} s", billed=True) from None
    except sdk.RateLimitError:
        raise ModelError("the provider limits how often it may be asked (HTTP 429)") from None
    except sdk.APIStatusError as error:
        raise ModelError(f"the provider answered HTTP {error.status_code}") from None
    except sdk.APIConnectionError as error:
        if cause := next((c for c in _causes(error) if isinstance(c, ModelError)), None):
            raise cause from None
        raise ModelError("the provider cannot be reached") from None
    except (sdk.APIError, ValueError, TypeError, AttributeError, LookupError) as error:
        # Not JSON, or JSON of another form: the SDKs build their answers without checking them.
        raise ModelError(
            f"the provider's answer is not of its protocol ({type(error).__name__})", billed=True
        ) from None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _used(tokens_in: object, tokens_out: object) -> dict[str, Any]:
    """Return the token counts as keyword arguments, those that are no counts left out."""
    counts = {"tokens_in": tokens_in, "tokens_out": tokens_out}
    return {name: count for name, count in counts.items() if type(count) is int and 0 <= count < 10**9}


def _text(content: object) -> str:
    if content is None:
        return ""
    if not isinstance(content, str):
        raise TypeError("content is no text")
    return content


def _http_client(timeout: float) -> Any:
    """Return an HTTP client that follows no redirect and gives up on bodies that are too large or take too long.

    A time-out of the client's own is one between two bytes: a server that drips would hold a worker for hours.
    """
    import httpx2

    class Bounded(httpx2.SyncByteStream):
        def __init__(self, stream: Any) -> None:
            self._stream, self._deadline = stream, time.monotonic() + timeout

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for part in self._stream:
                size += len(part)
                if size > MOST_BYTES:
                    raise ModelError(f"an answer of more than {MOST_BYTES} bytes", billed=True)
                if time.monotonic() > self._deadline:
                    raise ModelError(f"no complete answer within {timeout:g} s", billed=True)
                yield part

        def close(self) -> None:
            self._stream.close()

    def bound(response: Any) -> None:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise ModelError("a compressed answer that was not asked for", billed=True)
        response.stream = Bounded(response.stream)

    return httpx2.Client(timeout=timeout, headers={"Accept-Encoding": "identity"}, event_hooks={"response": [bound]})


def _missing(package: str) -> str:
    return f'the Python package "{package}" is missing: install the tracker with its extra "llm" (uv sync --extra llm)'
