"""Damage to a workbook: to its parts, to the cells of its sheet, to the archive that holds them."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import TYPE_CHECKING

from bench.fuzz.damage import damaged
from bench.fuzz.seeds import as_open_document, as_workbook
from bench.fuzz.tables import NASTY, nasty_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from bench.fuzz.seeds import Rows

_SHEET, _BOOK, _TEXTS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"
_CELLS = (
    '<c r="XFD1048576"/>', '<c r="XFD1048576" s="1"/>', '<c r="C1048576"><v>1</v></c>', '<c r="A999999999"><v>1</v></c>', '<c r="ZZZZ9"><v>1</v></c>', '<c r="0"><v>1</v></c>',
    '<c r="H20" t="e"><v>#N/A</v></c>', '<c r="B3" t="e"><v>#REF!</v></c>', '<c r="B3" t="s"><v>999999</v></c>', '<c r="B3" t="s"><v>-1</v></c>', '<c r="B3" t="s"><v>x</v></c>',
    '<c r="B3" t="zz"><v>1</v></c>', '<c r="B3" s="9999"><v>1</v></c>', '<c r="B3" s="x"><v>1</v></c>', '<c r="B3"><v>1e400</v></c>', '<c r="B3"><v>nan</v></c>', '<c r="B3"><v>inf</v></c>',
    '<c r="B3" t="d"><v>2026-02-30</v></c>', '<c r="B3" t="b"><v>7</v></c>', '<c r="B3" t="b"><v>x</v></c>', '<c r="B3" t="inlineStr"><is><t>x</t></is></c>', '<c r="B3" t="inlineStr"/>',
    '<c r="B3"><f>1/0</f></c>', '<c r="B3"><f t="shared" si="7"/></c>', '<c r="B3" t="n"><v></v></c>', "<c><v>1</v></c>", '<c r="B3"><v>9' + "9" * 5000 + "</v></c>",
)  # fmt: skip


def nasty_workbook(rows: Rows, rng: Random) -> bytes:
    """Return a workbook with one thing in it, or in its archive, that no program should write, or that few do."""
    data = as_workbook(_plain(nasty_rows(rows, rng)) if rng.random() < 0.4 else rows)  # noqa: PLR2004
    return rng.choice(_DAMAGES)(data, rng)


_OPEN = (
    ("<table:table-row>", '<table:table-row table:number-rows-repeated="9999999999">'), ("<table:table-row>", '<table:table-row table:number-rows-repeated="x">'),
    ("<table:table-cell ", '<table:table-cell table:number-columns-repeated="99999999" '), ("<table:table-cell ", '<table:table-cell table:number-columns-repeated="-1" '),
    ('office:value-type="string"', 'office:value-type="float"'), ('office:value-type="string"', 'office:value-type="float" office:value="1e999"'),
    ('office:value-type="string"', 'office:value-type="float" office:value="nan"'), ('office:value-type="string"', 'office:value-type="nope"'),
    ("<text:p>", "<text:p><text:s text:c='999999999'/>"), ("<text:p>", "<text:p>" * 5000), ("<office:spreadsheet>", "<office:nothing>"), ("<table:table ", "<table:nothing "),
    ("<office:document-content", '<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;">]><office:document-content'), ("</table:table>", ""), ("urn:oasis", "urn:nothing"),
    ("<text:p>", "<text:p>#N/A"), ("</table:table>", '</table:table><table:table table:name="Sheet1"/>'),
)  # fmt: skip


def nasty_open_document(rows: Rows, rng: Random) -> bytes:
    """Return an OpenDocument spreadsheet with one thing in its XML that no program should write, or that few do."""
    parts = _parts(as_open_document(_plain(nasty_rows(rows, rng)) if rng.random() < 0.4 else rows))  # noqa: PLR2004
    plain, odd = rng.choice(_OPEN)
    content = parts["content.xml"].decode()
    head, found, rest = content.partition(plain)
    return _zipped({**parts, "content.xml": f"{head}{odd if found else ''}{rest}".encode()})


def _plain(rows: Rows) -> Rows:
    forbidden = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
    head = [name if name in {"customer_id", "name", "plan"} else f"{name}x" for name in rows[0]]
    return [
        [forbidden.sub("", cell)[:30_000] for cell in row[: len(head)]] + [""] * (len(head) - len(row))
        for row in [head, *rows[1:]]
    ]


def _parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return target.getvalue()


def _broken_part(data: bytes, rng: Random) -> bytes:
    parts = _parts(data)
    name = rng.choice([*parts])
    parts[name] = damaged(parts[name], rng)
    return _zipped(parts)


def _lost_part(data: bytes, rng: Random) -> bytes:
    parts = _parts(data)
    del parts[rng.choice([*parts])]
    return _zipped(parts)


def _odd_cell(data: bytes, rng: Random) -> bytes:
    parts = _parts(data)
    sheet = parts[_SHEET].decode()
    cell, row = rng.choice(_CELLS), rng.choice((2, 3, 14, 1048576, 99999999999, -1, 0))
    place = rng.choice([found.start() for found in re.finditer("</row>", sheet)])
    odd = cell if rng.random() < 0.5 else f'</row><row r="{row}">{cell}'  # noqa: PLR2004
    parts[_SHEET] = f"{sheet[:place]}{odd}{sheet[place:]}".encode()
    return _zipped(parts)


def _odd_attribute(data: bytes, rng: Random) -> bytes:
    parts = _parts(data)
    name = rng.choice([one for one in parts if one.endswith(".xml")])
    text = parts[name].decode()
    found = rng.choice([*re.finditer(r'"[^"]*"', text)])
    word = rng.choice(
        ("", "x", "-1", "99999999999999999999", "true", "A1:XFD1048576", "1e9", "&lt;", "../x.xml", "NaN")
    )
    parts[name] = f'{text[: found.start()]}"{word}"{text[found.end() :]}'.encode()
    return _zipped(parts)


def _from_1904(data: bytes, _rng: Random) -> bytes:
    parts = _parts(data)
    parts[_BOOK] = re.sub(rb"<workbookPr[^>]*/>", b'<workbookPr date1904="1"/>', parts[_BOOK])
    return _zipped(parts)


def _behind_a_password(data: bytes, rng: Random) -> bytes:
    if rng.random() < 0.5:  # noqa: PLR2004
        return bytes.fromhex("d0cf11e0a1b11ae1") + data
    return _flagged(data, 6, 1, rng)


def _unknown_compression(data: bytes, rng: Random) -> bytes:
    return _flagged(data, 8, rng.choice((1, 9, 12, 14, 20, 99)), rng)


def _flagged(data: bytes, offset: int, value: int, rng: Random) -> bytes:
    """Return an archive in which a field of the entries' headers, local and central, says something else."""
    changed = bytearray(data)
    every = rng.random() < 0.5  # noqa: PLR2004
    for sign, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        for found in re.finditer(re.escape(sign), data):
            if every or rng.random() < 0.5:  # noqa: PLR2004
                struct.pack_into("<H", changed, found.start() + offset + shift, value)
    return bytes(changed)


def _other_method(data: bytes, rng: Random) -> bytes:
    return _zipped(_parts(data), rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)))


def _nasty_text(data: bytes, rng: Random) -> bytes:
    parts = _parts(data)
    word = rng.choice([one for one in NASTY if one.isprintable()]).replace("&", "&amp;").replace("<", "&lt;")
    texts = parts.get(_TEXTS, b"").decode()
    if "<t>" in texts:
        found = rng.choice([*re.finditer(r"<t>[^<]*</t>", texts)])
        texts = f"{texts[: found.start()]}<t>{word}</t>{texts[found.end() :]}"
        parts[_TEXTS] = texts.encode()
    return _zipped(parts)


def _billion_laughs(data: bytes, rng: Random) -> bytes:
    parts = _parts(data)
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    name = rng.choice([one for one in (_SHEET, _BOOK, _TEXTS) if one in parts])  # a book of numbers alone has no texts
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{levels}]>'.encode()
    text = re.sub(rb"^<\?xml[^>]*\?>", b"", parts[name].lstrip())
    parts[name] = bomb + text.replace(b"<t>", b"<t>&l9;", 1).replace(b"<v>", b"<v>&l9;", 1)
    return _zipped(parts)


_DAMAGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    damaged, damaged, damaged, _broken_part, _broken_part, _lost_part, _odd_cell, _odd_cell, _odd_cell, _odd_attribute, _odd_attribute, _from_1904,
    _behind_a_password, _unknown_compression, _other_method, _nasty_text, _billion_laughs,
)  # fmt: skip
