"""From the reports folder to their readers: pages to a bucket or a share, messages by mail and chat, workbooks and PDFs."""

from __future__ import annotations

from cslib.delivery.deliver import deliver, tell_failure
from cslib.delivery.outcome import Delivered

__all__ = ["Delivered", "deliver", "tell_failure"]
