"""A message to somebody: by mail, to a chat or to a web hook, through apprise, which knows how to speak to each."""

from __future__ import annotations

import logging
import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from cslib.delivery.addresses import MAIL
from cslib.delivery.message import Message, in_reach
from cslib.delivery.outcome import Refused, Undelivered
from cslib.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_TRIES, _PAUSE = 2, 1.0  # after the first attempt, and seconds between two
_MISSING = "what sends messages is not installed; it comes with customer-success-report[delivery]"
_COUNTS = re.compile(r"Attempt \d+/\d+ ")
_TOLD = re.compile(r"\b(?:Exception|Error)\b")
_COPIES = {"cc", "bcc"}


def recipients(address: str) -> list[str]:
    """Return an address for each recipient of a mail, so that who is refused stops nobody else; one with copies stays as it is."""
    place, _, options = address.partition("?")
    said = parse_qsl(options, keep_blank_values=True)
    several = [one.strip() for name, value in said if name == "to" for one in value.split(",") if one.strip()]
    if not MAIL.match(address) or len(several) < 2 or _COPIES & {name for name, _ in said}:  # noqa: PLR2004 - more than one
        return [address]
    rest = [(name, value) for name, value in said if name != "to"]
    return [f"{place}?{urlencode([*rest, ('to', one)], quote_via=quote, safe='${}@')}" for one in several]


def notify(address: str, message: Message, attached: Sequence[Path], cut: str) -> None:
    """Send a message, and try again a moment later where that fails; raises `Undelivered` with what the other side said.

    `cut` stands where it had to be shortened to what the channel takes.
    """
    try:
        import apprise  # noqa: PLC0415 - who delivers nothing need not have it
    except ImportError:
        raise Refused(_MISSING) from None
    asset = apprise.AppriseAsset(app_id="cslib", default_service_retry=_TRIES, default_service_wait=_PAUSE)
    with _heard() as said:
        with warnings.catch_warnings(action="ignore"):  # it loads every service that it knows, with what these load
            service = apprise.Apprise.instantiate(address, asset=asset)
        if service is None or said:  # as where one of several recipients is left out
            raise Refused(_reason(said) or "apprise knows no such address; docs/delivery.md has examples")
        fitting = in_reach(message, service.title_maxlen)
        whole = apprise.Apprise(asset=asset)
        whole.add(service)
        try:
            done = whole.notify(
                body=fitting.text(service.body_maxlen, cut),
                title=fitting.title if service.title_maxlen else "",
                attach=[str(file) for file in attached] or None,
                body_format=apprise.NotifyFormat.TEXT,
            )
        except Exception as error:  # noqa: BLE001 - each service has errors of its own
            raise Undelivered(_reason([*said, f"{type(error).__name__}: {error}"])) from None
    if not done:
        raise Undelivered(_reason(said) or "the other side refused the message, without a reason")


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Collect what apprise says meanwhile, warnings and the errors behind them, instead of letting it print."""
    said: list[str] = []
    logger, handler = logging.getLogger("apprise"), logging.Handler()
    before = logger.level, logger.propagate

    def hear(record: logging.LogRecord) -> None:
        text = record.getMessage()
        if (record.levelno >= logging.WARNING or _TOLD.search(text)) and not _COUNTS.match(text):
            said.append(text)

    handler.emit = hear  # type: ignore[method-assign]
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before


def _reason(said: Sequence[str]) -> str:
    return " ".join("; ".join(dict.fromkeys(redacted(text) for text in said)).split())
