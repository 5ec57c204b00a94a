"""A run that is sent: what arrives at real ends, what is not sent twice, and what each fault comes to."""

from __future__ import annotations

import json
import os
import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.delivery import deliver, outcome, publish, run_copy
from cslib.delivery import notify as notifying
from cslib.delivery.addresses import called
from cslib.delivery.deliver import tell_failure
from cslib.delivery.message import Message
from cslib.errors import CslibError, NotDelivered, NothingPublished, SettingsError
from cslib.redaction import redacted
from cslib.settings import load
from cslib.settings.delivery import may_leave
from tests import remote
from tests.delivered import PAGES, Inbox, delivering, hook, mail_server, params, published
from tests.notebooks import export_with
from tests.postgres import PASSWORD
from tests.settings import told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cslib.delivery import Delivered

SECRET = "xqzx/Sécret:Token+01"  # noqa: S105 - what must appear nowhere
CLOSED = "mailto://127.0.0.1:1?from=reports@example.com&to=lead@example.com"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcome, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(notifying, "_PAUSE", 0.0)
    monkeypatch.setattr("socket.getfqdn", lambda *_: "localhost")  # which asks a network that is not there, and waits


def _sent(folder: Path, **said: Any) -> list[Delivered]:
    return deliver(folder / "reports", params=folder / "params", **said)


def _held(place: Path) -> dict[str, str]:
    return {str(file.relative_to(place)): file.read_text("utf-8") for file in place.rglob("*.[hc]*") if file.is_file()}


# --- pages ---


def test_a_run_is_copied_and_only_what_changed_is_sent_again(tmp_path: Path) -> None:
    params(tmp_path, {"publish": [{"to": "../handed"}]})
    published(tmp_path)
    first, again = _sent(tmp_path), _sent(tmp_path)
    handed = tmp_path / "handed"
    whole = len([file for file in (tmp_path / "reports" / "latest").resolve().rglob("*") if file.is_file()])
    assert {name: (handed / name).read_text("utf-8") for name in PAGES} == PAGES
    assert [one.said for one in (*first, *again)] == [
        f"{whole} files sent, 0 unchanged", f"0 files sent, {whole} unchanged",
    ]  # fmt: skip
    assert json.loads((handed / "latest.json").read_text("utf-8"))["run"] == "2026-05_20260601T000000Z"
    assert not [*handed.rglob("*.part")]
    # the next run: one page is new, one is gone, and what others have put there stays
    (handed / "theirs.txt").write_text("theirs", "utf-8")
    published(tmp_path, "2026-06_20260701T000000Z")
    run = (tmp_path / "reports" / "latest").resolve()
    (run / "pro" / "usage.html").unlink()
    (run / "pro" / "setup.html").write_text("setup", "utf-8")
    assert _sent(tmp_path)[0].said == f"1 files sent, {whole - 1} unchanged, 1 of earlier runs removed"
    assert (handed / "theirs.txt").is_file()
    assert not (handed / "pro" / "usage.html").exists()
    assert (handed / "pro" / "setup.html").read_text("utf-8") == "setup"


@pytest.mark.parametrize("lost", ["latest.json", "pro/usage.html", "garbled"])
def test_what_is_lost_over_there_is_sent_again(tmp_path: Path, lost: str) -> None:
    params(tmp_path, {"publish": [{"to": str(tmp_path / "handed")}]})
    published(tmp_path)
    _sent(tmp_path)
    if lost == "garbled":
        (tmp_path / "handed" / "latest.json").write_text("{", "utf-8")
        (tmp_path / "handed" / "pro" / "usage.html").write_text("other", "utf-8")
    else:
        (tmp_path / "handed" / lost).unlink()
    assert not _sent(tmp_path)[0].lost
    assert _held(tmp_path / "handed")["pro/usage.html"] == "usage"
    assert _sent(tmp_path)[0].said.startswith("0 files sent")


def test_pages_go_first_and_the_latest_last_and_an_interruption_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    params(tmp_path, {"publish": [{"to": "../handed"}]})
    published(tmp_path)
    _sent(tmp_path)
    order: list[str] = []
    put = publish.Place._put

    def breaks(self: Any, system: Any, file: Path, target: str) -> None:
        order.append(target.partition("handed/")[2])
        if target.endswith("total/index.html"):
            raise OSError(28, "No space left on device", target)
        put(self, system, file, target)

    for name in PAGES:
        (tmp_path / "reports" / "latest" / name).write_text("newer", "utf-8")
    monkeypatch.setattr(publish.Place, "_put", breaks)
    (lost,) = _sent(tmp_path)
    assert lost.lost
    assert "No space left on device" in lost.said
    handed = _held(tmp_path / "handed")
    assert (handed["pro/usage.html"], handed["index.html"]) == ("newer", "front")  # the old front page leads on
    assert order[:4] == ["assets/report.css", "pro/usage.html", "pro/index.html", "total/index.html"]
    # the pages go back to what they were: what the interruption has left must not be taken for that
    for name, text in PAGES.items():
        (tmp_path / "reports" / "latest" / name).write_text(text, "utf-8")
    monkeypatch.setattr(publish.Place, "_put", put)
    assert not _sent(tmp_path)[0].lost
    assert {name: _held(tmp_path / "handed")[name] for name in PAGES} == PAGES


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """Return the address of a server that speaks S3, with an empty bucket."""
    with remote.bucket_server("handed") as url:
        yield url


@pytest.fixture
def _keys(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "AWS_ENDPOINT_URL": bucket, "AWS_ACCESS_KEY_ID": remote.ACCESS, "AWS_SECRET_ACCESS_KEY": remote.SECRET,
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
    for name, value in said.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("_keys")
def test_a_bucket_takes_the_pages_and_tells_when_it_is_not_there(tmp_path: Path, bucket: str) -> None:
    params(tmp_path, {"publish": [{"to": "s3://handed/cs"}, {"to": "s3://nowhere/cs"}]})
    published(tmp_path)
    there, nowhere = _sent(tmp_path)
    assert there.said.endswith(" files sent, 0 unchanged")
    assert nowhere.lost
    assert "there is no such file, folder or bucket" in nowhere.said
    client = remote.bucket_client(bucket)
    page = client.get_object(Bucket="handed", Key="cs/pro/usage.html")
    assert (page["Body"].read(), page["ContentType"]) == (b"usage", "text/html")
    assert [bucket["Name"] for bucket in client.list_buckets()["Buckets"]] == ["handed"]  # none is made by the way
    assert _sent(tmp_path)[0].said.startswith("0 files sent")


@pytest.mark.usefixtures("_keys")
def test_a_bucket_without_rights_refuses_and_no_key_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params(tmp_path, {"publish": [{"to": "s3://bucket/cs"}]})
    published(tmp_path)
    (tmp_path / "web").mkdir()
    with remote.web_server(tmp_path / "web", []) as refusing:  # whatever is asked of it
        monkeypatch.setenv("AWS_ENDPOINT_URL", refusing)
        (lost,) = _sent(tmp_path)
    assert lost.lost
    assert "it was refused" in lost.said
    assert not [secret for secret in (remote.ACCESS, remote.SECRET) if secret in str(lost)]


def test_a_share_behind_ssh_takes_the_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PASSWORD", PASSWORD)
    published(tmp_path)
    (tmp_path / "share").mkdir()
    with remote.share_server(tmp_path / "share", tmp_path / "home") as port:
        params(tmp_path, {"publish": [{"to": f"sftp://cs:${{PASSWORD}}@127.0.0.1:{port}/cs"}]})
        first, again = _sent(tmp_path), _sent(tmp_path)
    assert not first[0].lost, first
    assert {name: _held(tmp_path / "share" / "cs")[name] for name in PAGES} == PAGES
    assert again[0].said.startswith("0 files sent")
    assert PASSWORD not in str(first)


def test_a_run_is_held_fast_while_the_next_one_publishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params(tmp_path, {"publish": [{"to": "../handed"}]})
    out = published(tmp_path)
    put = publish.Place._put

    def meanwhile(self: Any, system: Any, file: Path, target: str) -> None:
        if (out / "runs" / "2026-05_20260601T000000Z").is_dir():  # the next run publishes, and removes this one
            published(tmp_path, "2026-06_20260701T000000Z")
            (out / "latest" / "pro" / "usage.html").write_text("newer", "utf-8")
            shutil.rmtree(out / "runs" / "2026-05_20260601T000000Z")
        put(self, system, file, target)

    monkeypatch.setattr(publish.Place, "_put", meanwhile)
    assert not _sent(tmp_path)[0].lost
    assert {name: _held(tmp_path / "handed")[name] for name in PAGES} == PAGES
    assert not (out / ".delivering").exists()


def test_two_deliveries_wait_for_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params(tmp_path, {"publish": [{"to": "../handed"}]})
    out = published(tmp_path)
    monkeypatch.setattr(run_copy, "_PATIENCE", 0.0)
    with run_copy.held(out, run_copy.chosen_run(out)), pytest.raises(NotDelivered, match="another delivery from"):
        _sent(tmp_path)
    monkeypatch.setattr(run_copy, "_PATIENCE", 60.0)
    with run_copy.held(out, run_copy.chosen_run(out)):
        waiting = threading.Thread(target=lambda: _sent(tmp_path))
        waiting.start()
        waiting.join(0.3)
        assert not (tmp_path / "handed").exists()
    waiting.join()
    assert _held(tmp_path / "handed")["index.html"] == "front"


# --- messages ---

MESSAGE = """\
1 of 2 targets are reached. Missed: Adoption 50.0\N{NO-BREAK SPACE}% (target 90.0\N{NO-BREAK SPACE}%, 40.0\N{NO-BREAK SPACE}pp away).
"""
CALLED = """\
- 霜森運輸 [小林 蓮]: Help (latest NPS of 6 or less, health score is red, contract ends 30 Jun 2026, ¥1.15M MRR)
- 鈴川不動産 [中村 拓也]: Renew (contract ends 31 Jul 2026, ¥802K MRR)
"""


def test_a_mail_stands_on_its_own_and_its_head_is_one_line(tmp_path: Path) -> None:
    inbox = Inbox()
    with mail_server(inbox) as server:
        mail = {"to": f"{server}&to=lead@example.com", "segments": ["pro"], "attach": ["page", "excel"]}
        params(tmp_path, {"link": "https://reports.example.com/", "notify": [mail]})
        published(tmp_path)
        assert [one.said for one in _sent(tmp_path)] == ["told"]
    (taken,) = inbox.mails
    assert taken["Subject"] == "Customer success monthly report, May 2026: Pro Bcc: everybody@example.com"
    assert (taken["To"], taken["Bcc"]) == ("lead@example.com", None)
    body = taken.get_body()
    assert body is not None
    text = body.get_content().replace("\r\n", "\n")
    assert text.startswith(MESSAGE)
    assert CALLED in text
    assert text.strip().endswith("https://reports.example.com/pro/index.html")
    assert [part.get_filename() for part in taken.iter_attachments()] == ["pro-2026-05.html", "pro-2026-05.xlsx"]
    page = next(taken.iter_attachments()).get_content()
    assert "all of pro" in (page.decode() if isinstance(page, bytes) else page)


def test_a_hook_hears_of_what_is_an_owner_s(tmp_path: Path) -> None:
    taken: list[dict[str, Any]] = []
    with hook(taken) as url:
        theirs = [
            {"to": f"{url}?n={name[0]}", "segments": ["pro"], "owner": name}
            for name in ("小林 蓮", "中村 拓也", "小林 廉")
        ]
        params(tmp_path, {"notify": theirs})
        published(tmp_path)
        done = _sent(tmp_path)
    first, second = (one["message"] for one in taken)
    assert ("霜森運輸" in first, "鈴川不動産" in first, "Missed: Adoption" in first) == (True, False, True)
    assert ("霜森運輸" in second, "鈴川不動産" in second, "Missed: Adoption" in second) == (False, True, False)
    assert taken[0]["title"].endswith("– 小林 蓮")
    assert done[2].lost
    assert "no owner '小林 廉'; did you mean '小林 蓮'?" in done[2].said


def test_nobody_is_told_twice_unless_somebody_asks_for_it(tmp_path: Path) -> None:
    taken: list[dict[str, Any]] = []
    with hook(taken) as url:
        params(tmp_path, {"notify": [{"to": url}, {"to": f"{url}?on=change", "when": "on_change"}]})
        published(tmp_path)
        _sent(tmp_path)
        assert [one.said for one in _sent(tmp_path)] == ["told before; --again tells it once more"] * 2
        assert len(taken) == 2
        _sent(tmp_path, again=True)
        assert len(taken) == 4
        published(tmp_path, "2026-05_20260602T000000Z")  # another run that says the same
        assert [one.said for one in _sent(tmp_path)] == ["told", "not told, since it would be the same as last time"]
        published(tmp_path, "2026-05_20260603T000000Z", value=0.6)
        assert [one.said for one in _sent(tmp_path)] == ["told", "told"]
        assert len(taken) == 7
        assert _sent(tmp_path, run="2026-05_20260602T000000Z")[0].said.startswith("told before")


def test_who_waits_for_failures_hears_which_and_why_and_outsiders_not_why(tmp_path: Path) -> None:
    taken: list[dict[str, Any]] = []
    with hook(taken) as url:
        params(tmp_path, {"notify": [{"to": url, "when": "on_failure"}]})
        published(tmp_path)
        assert [one.said for one in _sent(tmp_path)] == ["not told, since nothing failed"]
        published(tmp_path, "2026-05_20260602T000000Z", failed="KeyError: 霜森運輸", audience="external")
        _sent(tmp_path)
        assert (
            "Reports that could not be made\n- Pro Bcc: everybody@example.com: Usage: KeyError: 霜森運輸\n"
            in taken[0]["message"]
        )
        assert "The last version that could be made opens from the overview." in taken[0]["message"]
        outside = [{"to": f"{url}?a=b", "audience": "external", "segments": ["pro"]}]
        params(tmp_path, {"notify": outside}, audience="external")
        _sent(tmp_path)
    assert "Usage" in taken[1]["message"]
    assert "Look first at Adoption" in taken[1]["message"]
    for secret in ("KeyError", "霜森運輸", "鈴川不動産", "小林"):
        assert secret not in taken[1]["message"]


def test_that_nothing_was_published_is_told_with_the_reason_and_what_is_still_there(tmp_path: Path) -> None:
    taken: list[dict[str, Any]] = []
    with hook(taken) as url:
        outside = {"to": f"{url}?out=side", "audience": "external", "when": "on_failure"}
        folder = params(
            tmp_path,
            {"link": "https://r.example.com", "notify": [{"to": url, "when": "on_change"}, outside]},
            audience="external",
        )
        error = NothingPublished("none of the 2 reports could be made; customer 霜森運輸")
        assert [one.said for one in tell_failure(folder, tmp_path / "reports", error)] == [
            "told that nothing was published"
        ] * 2
        published(tmp_path)
        tell_failure(folder, tmp_path / "reports", error)
        (same, _) = tell_failure(folder, tmp_path / "reports", error)
    first, outsiders, later, *_ = (one["message"] for one in taken)
    assert first == "There is no earlier report.\n\nWhy\nnone of the 2 reports could be made; customer 霜森運輸"
    assert outsiders == "There is no earlier report."
    assert later.startswith("The last good report, for May 2026, is still in place.\n\nWhy\n")
    assert later.endswith("\n\nhttps://r.example.com")
    assert taken[0]["title"] == "Customer success monthly report: no new report was published"
    assert same.said == "told before that nothing was published"


def test_one_recipient_who_is_refused_stops_nobody_else(tmp_path: Path) -> None:
    inbox = Inbox(refused=("gone@example.com",))
    with mail_server(inbox) as server:
        params(
            tmp_path, {"notify": [{"to": f"{server}&to=a@example.com,gone@example.com,b@example.com", "attach": []}]}
        )
        published(tmp_path)
        first, again = _sent(tmp_path), _sent(tmp_path)
    assert [mail["To"] for mail in inbox.mails] == ["a@example.com", "b@example.com"]
    assert [one.lost for one in first] == [False, True, False]
    assert "550" in first[1].said
    assert [one.said.partition(";")[0] for one in again if not one.lost] == ["told before"] * 2


@pytest.mark.parametrize(
    ("to", "why"),
    [
        (CLOSED, "Connection refused"),
        ("mailto://127.0.0.1?from=reports@example.com&to=nobody", "nobody"),
        ("nosuch://somewhere", "apprise does not take this address"),
        ("slack://${NO_SUCH_TOKEN}", "the environment has no variable NO_SUCH_TOKEN"),
    ],
)
def test_what_cannot_be_told_says_why_and_stops_nothing_else(tmp_path: Path, to: str, why: str) -> None:
    taken: list[dict[str, Any]] = []
    with hook(taken) as url:
        params(tmp_path, {"notify": [{"to": to, "attach": []}, {"to": url}], "publish": [{"to": "../handed"}]})
        published(tmp_path)
        done = _sent(tmp_path)
    assert [one.lost for one in done] == [False, True, False]
    assert why in done[1].said
    assert f"{tmp_path / 'params' / 'report.yaml'}:" in done[1].place
    assert len(taken) == 1


def test_a_hook_that_refuses_is_tried_three_times_and_tells_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    taken: list[dict[str, Any]] = []
    monkeypatch.setenv("HOOK_TOKEN", SECRET)
    with hook(taken, status=500) as url:
        params(tmp_path, {"notify": [{"to": f"{url}/${{HOOK_TOKEN}}/?key=${{HOOK_TOKEN}}"}]})
        out = published(tmp_path)
        (lost,) = _sent(tmp_path)
    assert (len(taken), lost.lost) == (3, True)
    assert "500" in lost.said
    told = [
        str(lost),
        caplog.text,
        *(file.read_text("utf-8", errors="replace") for file in out.rglob("*") if file.is_file()),
    ]
    assert not [text for text in told if SECRET in text]


def test_what_may_be_a_token_in_the_address_of_a_chat_is_secret_from_eight_letters_on() -> None:
    called("mattermost://hooks.example.com/abcd1234/abc1234", {})
    assert redacted("mattermost hooks.example.com abcd1234 abc1234") == "mattermost hooks.example.com *** abc1234"
    called("mailto://mail.example.com?from=customer-success@example.com", {})
    assert redacted("customer-success") == "customer-success"  # a mail has its secrets where they are known to stand


LONG = Message(
    "Head",
    (("Answer", ()), ("Calls", tuple(f"- customer {number}" for number in range(100)))),
    "https://r.example.com/x",
)


@pytest.mark.parametrize("limit", [60, 140, 2000, 10_000])
def test_a_message_is_cut_at_a_line_and_keeps_its_link(limit: int) -> None:
    text = LONG.text(limit, "(cut)")
    assert len(text) <= limit
    assert text.startswith("Answer")
    assert text.endswith("\n\nhttps://r.example.com/x")
    lines = text.splitlines()
    assert ("(cut)" in lines) == (limit < 2000)
    assert {line for line in lines if line.startswith("- ")} <= {*LONG.parts[1][1]}


# --- what may leave ---


def test_what_was_made_for_outsiders_goes_to_anybody_and_all_else_to_insiders_alone() -> None:
    inside, outside = "internal", "external"
    ways = [(inside, inside), (inside, outside), (outside, inside), (outside, outside)]
    assert [may_leave(*way) for way in ways] == [True, False, True, True]


def test_reports_for_insiders_never_go_outside(tmp_path: Path) -> None:
    to = [{"to": "../handed", "audience": "external"}]
    folder = params(tmp_path, {"publish": to, "notify": [{"to": "json://x", "audience": "external"}]})
    with pytest.raises(SettingsError, match=r"report.yaml:\d+: deliver.publish: the reports are internal") as refused:
        load(folder, ("adoption", "csat"))
    assert len(refused.value.problems) == 2
    # settings that say otherwise by now do not make an earlier run another
    params(tmp_path, {"publish": to}, audience="external")
    out = published(tmp_path)
    done = CliRunner().invoke(app, ["deliver", "--out", str(out), "--params", str(folder)])
    assert done.exit_code == 2
    assert "is for readers inside" in done.stderr
    assert not (tmp_path / "handed").exists()
    published(tmp_path, "2026-05_20260602T000000Z", audience="external")
    assert not _sent(tmp_path)[0].lost
    # and a place for outsiders takes nothing for insiders
    params(tmp_path, {"publish": [{"to": "../handed"}]})
    published(tmp_path, "2026-05_20260603T000000Z")
    (lost,) = _sent(tmp_path)
    assert "it holds reports for readers of an external audience" in lost.said


def test_neither_run_json_nor_a_notebook_knows_of_addresses(tmp_path: Path) -> None:
    folder = params(tmp_path, {"notify": [{"to": "mailto://x@addresses.example"}]})
    settings = load(folder, ("adoption", "csat"))
    assert settings.report.deliver.notify
    assert "addresses.example" not in settings.model_dump_json() + settings.published().model_dump_json()


MISTAKES = [
    ("deliver: {publsh: []}\n", "report.yaml:1: no key 'publsh'; did you mean 'publish'?"),
    ("deliver:\n  notify:\n    - {to: 'json://x', wen: always}\n", "report.yaml:3: no key 'wen'; did you mean 'when'?"),
    ("deliver:\n  notify:\n    - {to: 'json://x', when: sometimes}\n", "wanted 'always', 'on_change' or 'on_failure'; found 'sometimes'"),
    ("deliver:\n  notify:\n    - {to: lead@example.com}\n", "report.yaml:3: deliver.notify.0.to: wanted an address like mailtos://…"),
    ("deliver:\n  notify:\n    - {to: 'json://x', segments: [totl]}\n", "report.yaml:3: deliver.notify: no segment 'totl'; did you mean 'total'?"),
    ("deliver:\n  publish:\n    - {to: ''}\n", "wanted an address or a folder, in one line"),
    ("deliver: {link: reports}\n", "wanted the address of the pages, https://…"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    assert message in told(tmp_path, {"report.yaml": text})


# --- the command ---


def test_a_run_delivers_itself_and_what_is_lost_is_sent_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    taken: list[dict[str, Any]] = []
    with hook(taken) as url:
        to = {"publish": [{"to": "../handed"}, {"to": "${SHARE}/cs"}], "notify": [{"to": url, "attach": ["page"]}]}
        export_with(tmp_path, {"00_summary": "print(as_of)"}, months=2, deliver=to)
        done = CliRunner().invoke(app, ["run", "--params", "params", "--out", "reports"])
        assert done.exit_code == 5, done.output
        assert "1 of 1 reports: reports/latest/index.html" in done.stdout
        assert "cslib: published, but not delivered (1):\n" not in done.stdout
        assert "the environment has no variable SHARE" in done.stderr
        assert [one["filename"] for one in taken[0]["attachments"]] == [
            "total-2026-05.html"
        ]  # which the run makes for it
        before = _held(tmp_path / "reports" / "latest")
        (tmp_path / "share").mkdir()
        monkeypatch.setenv("SHARE", str(tmp_path / "share"))
        done = CliRunner().invoke(app, ["deliver", "--out", "reports"])  # the settings are those of the run
        assert done.exit_code == 0, done.output
        assert len(taken) == 1
    assert _held(tmp_path / "share" / "cs")["index.html"] == before["index.html"]
    assert _held(tmp_path / "reports" / "latest") == before
    assert str(tmp_path / "share") not in done.stderr


def test_a_run_that_publishes_nothing_tells_it(tmp_path: Path) -> None:
    taken: list[dict[str, Any]] = []
    with hook(taken) as url:
        export_with(tmp_path, {"00_summary": "print(as_of)"}, deliver={"notify": [{"to": url}]})
        (tmp_path / "data" / "customers.csv").unlink()
        done = CliRunner().invoke(
            app, ["run", "--params", str(tmp_path / "params"), "--out", str(tmp_path / "reports")]
        )
    assert done.exit_code == 2
    assert "customers.csv" in taken[0]["message"]
    assert "公開されていません" in taken[0]["title"]


def test_a_delivery_wants_a_run_and_somebody_to_deliver_to(tmp_path: Path) -> None:
    params(tmp_path, {})
    out = published(tmp_path)
    done = CliRunner().invoke(app, ["deliver", "--out", str(out)])
    assert done.exit_code == 2
    assert "report.yaml names nobody to deliver to" in done.stderr
    delivering(tmp_path, {"publish": [{"to": "../handed"}]})
    done = CliRunner().invoke(app, ["deliver", "--out", str(out), "--run", "2026-05_20260601T00000Z"])
    assert done.exit_code == 2
    assert "did you mean '2026-05_20260601T000000Z'?" in done.stderr
    (out / "latest").unlink()
    with pytest.raises(CslibError, match="wanted a folder with a published run"):
        deliver(out)
    shutil.move(tmp_path / "params", tmp_path / "elsewhere")
    with pytest.raises(CslibError, match="--params: wanted the folder of the settings"):
        deliver(out)


def test_without_chromium_the_pages_go_and_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params(tmp_path, {"publish": [{"to": "../handed", "besides": ["pdf", "excel"]}]})
    published(tmp_path)
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", "/nowhere")
    *pdfs, pages = _sent(tmp_path)
    assert len(pdfs) == 2
    assert all(one.lost and "a PDF is printed by Chromium, of which this machine has none" in one.said for one in pdfs)
    assert not pages.lost
    assert (tmp_path / "handed" / "pro.xlsx").is_file()
    if not shutil.which("chromium", path=path):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("wants Chromium: apt-get install chromium")
    monkeypatch.setenv("PATH", path)
    delivering(tmp_path, {"publish": [{"to": "../printed", "besides": ["pdf"]}]})
    (tmp_path / "reports" / "latest" / "total.html").unlink()
    lost, pages = _sent(tmp_path)
    assert "the run has no single file of total" in lost.said
    assert (tmp_path / "printed" / "pro.pdf").read_bytes().startswith(b"%PDF-")
