"""What an export is taken for, and what is said where something of a table is missing or unsure: never nothing, never too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cslib.model import BY_NAME, TABLES, Kind
from cslib.scaffold.column_likeness import is_id, says_month, says_year
from cslib.scaffold.column_synonyms import COLUMN_SYNONYMS
from cslib.scaffold.mapped import Customers
from cslib.scaffold.match_columns import map_columns
from cslib.scaffold.similarity import SURE
from tests.flaws import GOOD
from tests.seen import export, matched, table

if TYPE_CHECKING:
    from cslib.scaffold.match_tables import Matched
    from cslib.scaffold.proposed import Proposed

IDS = [f"C{number:02d}" for number in range(1, 13)]
CUSTOMERS = {"customer_id": IDS, "name": [f"Firm {one}" for one in IDS]}
OTHERS = [one for one in TABLES if one.name != "customers"]
REQUIRED = [(one.name, name) for one in OTHERS for name in one.required]
KEYED = [(one.name, one.key or "") for one in OTHERS if one.key]


def _rows(name: str) -> dict[str, list[str]]:
    """Return the good row of a table twelve times, each of its own id, customer and day."""
    columns = {column: [value] * 12 for column, value in GOOD[name].items()}
    if BY_NAME[name].key:
        columns[BY_NAME[name].key or ""] = [f"R{number:02d}x" for number in range(12)]
    return columns | ({"customer_id": IDS} if "customer_id" in columns else {})


def _without(columns: dict[str, list[str]], name: str, renamed: str = "") -> dict[str, list[str]]:
    return {renamed if own == name else own: values for own, values in columns.items() if own != name or renamed}


def _of(found: Matched, file: str) -> list[Proposed]:
    return [one for one in found.tables if one.export.name == file]


def _asked(one: Proposed) -> str:
    return "; ".join([*one.doubts, *(doubt for mapped in one.columns.values() for doubt in mapped.doubts)])


def test_every_table_is_told_by_its_own_columns_whatever_its_file_is_called() -> None:
    for one in OTHERS:
        for file in ("export.csv", f"{one.name}.csv"):
            (found,) = _of(matched({"customers.csv": CUSTOMERS, file: _rows(one.name)}), file)
            assert found.table == one.name
            # month, kind and amount may be of invoices, too
            assert not any("told by" in doubt for doubt in found.doubts) or (one.name, file) == ("costs", "export.csv")


@pytest.mark.parametrize("renamed", ["", "zzz"], ids=["absent", "renamed"])
@pytest.mark.parametrize(("name", "column"), REQUIRED)
def test_a_required_column_that_is_missing_is_asked_for(name: str, column: str, renamed: str) -> None:
    file = f"{name}.csv"
    found = matched({"customers.csv": CUSTOMERS, file: _without(_rows(name), column, renamed)})
    near = [one for one in found.near if one.export.name == file]
    if near:
        assert near[0].table == name
        assert column in near[0].missing
        assert f"but for {column}" in near[0].doubts[0]
        assert not renamed or "zzz" in near[0].doubts[0]
    else:  # filled in, or the only column that it can be: a question on its line
        (one,) = _of(found, file)
        assert one.table == name
        assert one.columns[column].doubts


@pytest.mark.parametrize("renamed", ["", "zzz", "Record ID"], ids=["absent", "renamed", "record"])
@pytest.mark.parametrize(("name", "key"), KEYED)
def test_a_table_without_its_key_is_proposed_with_a_question(name: str, key: str, renamed: str) -> None:
    for file in (f"{name}.csv", "export.csv"):
        found = matched({"customers.csv": CUSTOMERS, file: _without(_rows(name), key, renamed)})
        (one,) = _of(found, file)
        assert one.table == name
        assert one.doubts or one.columns[key].doubts
        if renamed:
            assert renamed in _asked(one)


@pytest.mark.parametrize("one", OTHERS, ids=lambda one: one.name)
def test_an_id_a_customer_and_a_day_are_never_enough_to_be_sure(one: object) -> None:
    name = getattr(one, "name", "")
    bare = {"id": [f"{number}" for number in range(12)], "customer_id": IDS, "date": ["2026-02-03"] * 12}
    for file in ("export.csv", f"{name}.csv", "opportunities.csv", "invoices.csv", "subscriptions.csv"):
        found = matched({"customers.csv": CUSTOMERS, file: bare})
        assert all(each.doubts for each in _of(found, file))


@pytest.mark.parametrize("one", OTHERS, ids=lambda one: one.name)
def test_sixty_further_columns_change_nothing(one: object) -> None:
    name = getattr(one, "name", "")
    wide = _rows(name) | {f"raw_{number:02d}": ["x"] * 12 for number in range(60)}
    (found,) = _of(matched({"customers.csv": CUSTOMERS, f"{name}.csv": wide}), f"{name}.csv")
    assert found.table == name
    assert not any("told by" in doubt for doubt in found.doubts)


# what a file's name says, for and against


@pytest.mark.parametrize(
    ("file", "columns", "never"),
    [
        ("subscriptions.csv", "id,customer_id,created_at", "users"),
        ("opportunities.csv", "Id,AccountId,CreatedDate,CloseDate", "tickets"),
        ("Opportunity.csv", "Id,AccountId,CreatedDate,Amount", "users"),
        ("invoice_lines.csv", "id,customer_id,month,type,amount", "costs"),
        ("usage_data.csv", "id,customer_id,created_at", "users"),
        ("Task.csv", "Id,AccountId,Subject,ActivityDate", "milestones"),
        ("deals.csv", "id,company_id,created_at,closed_at", "tickets"),
    ],
)
def test_a_file_that_is_called_another_thing_is_not_swallowed(file: str, columns: str, never: str) -> None:
    rows = {name: [f"2026-01-{n + 1:02d}" for n in range(12)] for name in columns.split(",")}
    first, owner = columns.split(",")[:2]
    found = matched({"customers.csv": CUSTOMERS, file: rows | {first: [f"x{n}" for n in range(12)], owner: IDS}})
    assert all(one.table != never or one.doubts for one in _of(found, file))
    assert all(one.table != never for one in _of(found, file) if never == "users")


def test_ids_of_a_row_are_no_features() -> None:
    rows = {"event_id": [f"e{n}" for n in range(12)], "customer_id": IDS, "event_date": ["2026-01-02"] * 12}
    (one,) = _of(matched({"customers.csv": CUSTOMERS, "revenue_events.csv": rows}), "revenue_events.csv")
    assert one.columns["feature"].source is None  # asked about instead
    assert one.columns["feature"].doubts


# ids


COUNTED = table("customer_id,name,region\n1,A,JP\n2,B,JP\n3,C,US\n4,D,US\n")
SUBS = table(
    "sub_id,customer_id,plan,start_date,mrr\n1,4,pro,2025-01-01,10\n2,4,pro,2025-01-01,10\n3,1,pro,2025-01-01,10\n4,2,pro,2025-02-01,10\n"
)
PAID = table(
    "tx_id,sub_id,amount,order_date\n1,1,10,2025-03-01\n2,2,10,2025-03-02\n3,1,10,2025-04-01\n4,3,10,2025-04-05\n"
)


def test_short_whole_numbers_prove_no_foreign_key() -> None:
    found = matched({"customers.csv": COUNTED, "transactions.csv": PAID})
    assert not _of(found, "transactions.csv")
    assert "purchases, but for customer_id" in found.near[0].doubts[0]


def test_a_customer_is_found_through_the_file_that_names_it() -> None:
    found = matched({"customers.csv": COUNTED, "subs.csv": SUBS, "transactions.csv": PAID})
    (one,) = _of(found, "transactions.csv")
    join = one.shape["join"]
    assert isinstance(join, dict)
    assert join["from"].name == "subs.csv"
    assert (join["on"], join["take"]) == ({"sub_id": "sub_id"}, ["customer_id"])
    assert "says the customer of each sub_id" in _asked(one)


def test_a_customer_is_found_through_a_file_that_is_no_table() -> None:
    seats = {"seat_id": [f"s{number}" for number in range(12)], "customer_id": IDS, "colour": ["red"] * 12}
    clicks = {
        "seat_id": [f"s{number % 5}" for number in range(12)],
        "event": ["open"] * 12,
        "used_at": ["2026-01-02"] * 12,
    }
    found = matched({"customers.csv": CUSTOMERS, "desks.csv": seats, "clicks.csv": clicks})
    (one,) = _of(found, "clicks.csv")
    join = one.shape["join"]
    assert isinstance(join, dict)
    assert (one.table, join["from"].name, join["on"]) == ("usage", "desks.csv", {"seat_id": "seat_id"})
    assert one.columns["customer_id"].doubts


def test_a_customer_is_found_by_its_name() -> None:
    tickets = _without(_rows("tickets"), "customer_id") | {"company": [f"Firm {one}" for one in IDS]}
    (one,) = _of(matched({"customers.csv": CUSTOMERS, "tickets.csv": tickets}), "tickets.csv")
    join = one.shape["join"]
    assert isinstance(join, dict)
    assert (one.table, join["on"], join["take"]) == ("tickets", {"company": "name"}, ["customer_id"])
    assert one.columns["customer_id"].doubts


# what columns are called, and what they hold

TEXTS = [
    (one.name, column.name)
    for one in TABLES
    for column in one.columns
    if column.kind is Kind.TEXT and not column.one_of
]
NO_TEXTS = {
    "yes": ["True", "False"] * 6, "flag": ["yes", "no"] * 6, "day": [f"2026-01-{n + 1:02d}" for n in range(12)],
    "amount": [f"{n}.50" for n in range(12)], "count": [str(n) for n in range(12)],
}  # fmt: skip


@pytest.mark.parametrize(("name", "column"), [pair for pair in TEXTS if not pair[1].endswith("_id")])
def test_no_truth_no_day_and_no_number_is_taken_for_a_text(name: str, column: str) -> None:
    words = COLUMN_SYNONYMS[name][column].split(", ")
    for kind, values in NO_TEXTS.items():
        for spelled in (column, *words[:3], f"is_{words[0]}_paid", f"was {words[-1]}"):
            held = map_columns(BY_NAME[name], export("x.csv", {spelled: values}), Customers())
            is_code = kind == "count" and spelled in (column, *words)
            assert column not in held or held[column].source is None or is_code, (spelled, values[0])


@pytest.mark.parametrize(
    ("parts", "put"),
    [(("First Name", "Last Name"), ["First Name", "Last Name"]), (("名", "姓"), ["姓", "名"]), (("surname", "given_name"), ["given_name", "surname"])],
)  # fmt: skip
def test_a_name_in_two_columns_is_put_together(parts: tuple[str, str], put: list[str]) -> None:
    for file, key in (("clients.csv", "client_id"), ("users.csv", "user_id")):
        found = matched({file: {key: IDS, **dict.fromkeys(parts, IDS)}})
        assert found.tables[0].columns["name"].how == {"concat": put}
        assert found.tables[0].columns["name"].doubts


@pytest.mark.parametrize(
    ("key", "name"),
    [("org_id", "org_name"), ("得意先コード", "得意先名"), ("tenantId", "tenantName"), ("shop no", "shop name")],
)
def test_a_name_is_called_as_the_id_beside_it(key: str, name: str) -> None:
    (one,) = matched({"customers.csv": {key: IDS, "colour": ["red"] * 12, name: [f"Firm {one}" for one in IDS]}}).tables
    assert (one.columns["customer_id"].source, one.columns["name"].source) == (key, name)


@pytest.mark.parametrize("name", [one.name for one in OTHERS if "customer_id" in one.names])
def test_derived_customers_bear_the_names_that_stand_beside_their_ids(name: str) -> None:
    own = {"customer_id": [f"C{number % 4}" for number in range(12)], "customer_name": ["Firm"] * 12}
    customers = matched({f"{name}.csv": _rows(name) | own}).tables[0]
    assert f'"customer_name" as varchar) as name from {name}' in customers.sql
    assert "customer_name" in customers.columns["name"].doubts[0]


def test_a_contract_id_is_no_id_of_a_contractor() -> None:
    files = {
        "顧客.csv": {"顧客ID": IDS, "顧客名": IDS},
        "契約.csv": {"契約ID": [f"K{n}" for n in range(12)], "顧客ID": IDS, "プラン": ["A"] * 12,
                   "契約開始日": ["2025-01-01"] * 12, "解約日": [""] * 12, "月額": ["100"] * 12},
    }  # fmt: skip
    found = matched(files)
    assert [(one.table, one.export.name) for one in found.tables] == [
        ("customers", "顧客.csv"),
        ("contracts", "契約.csv"),
    ]
    assert {name: one.source for name, one in found.tables[1].columns.items()} == {
        "contract_id": "契約ID", "customer_id": "顧客ID", "product": "プラン", "starts_on": "契約開始日", "ends_on": "解約日", "mrr": "月額",
    }  # fmt: skip


@pytest.mark.parametrize("written", [str.lower, lambda one: one.replace("C", "C0"), lambda one: f"{one}.0"])
def test_ids_that_are_written_otherwise_are_told(written: object) -> None:
    assert callable(written)
    other = [written(one) for one in IDS]
    found = matched({"customers.csv": CUSTOMERS, "contracts.csv": _rows("contracts") | {"customer_id": other}})
    said = _asked(_of(found, "contracts.csv")[0])
    assert f"{other[0]!r} is 'C01' in customers.csv" in said


def test_an_id_that_repeats_is_no_key() -> None:
    rows = _rows("contracts") | {"contract_id": ["K1", "K2"] * 6}
    (one,) = _of(matched({"customers.csv": CUSTOMERS, "contracts.csv": rows}), "contracts.csv")
    assert "contract_id" not in one.columns
    assert "contract_id repeats" in _asked(one)


# customers


@pytest.mark.parametrize(
    ("file", "key"),
    [("organization.csv", "id"), ("companies.csv", "Record ID"), ("business.csv", "business_id"), ("users.csv", "user_id"),
     ("取引先.csv", "取引先コード"), ("Account.csv", "Id")],
)  # fmt: skip
def test_customers_go_by_many_names(file: str, key: str) -> None:
    (one,) = matched({file: {key: IDS, "Company name": IDS, "created": ["2026-01-01"] * 12}}).tables
    assert (one.table, one.columns["customer_id"].source) == ("customers", key)


@pytest.mark.parametrize("name", [one.name for one in OTHERS if "customer_id" in one.names])
def test_where_no_file_has_them_customers_are_the_ids_of_another_table(name: str) -> None:
    rows = _rows(name) | {"customer_id": [f"C{number % 4}" for number in range(12)]}
    found = matched({f"{name}.csv": rows})
    assert [one.table for one in found.tables] == ["customers", name]
    assert f"they are the ids in {name}" in _asked(found.tables[0])
    assert 'cast("customer_id" as varchar) as customer_id' in found.tables[0].sql
    assert f"from {name} where" in found.tables[0].sql


def test_where_nothing_names_a_customer_each_user_is_one() -> None:
    rows = {"user_id": ["u1", "u2"] * 6, "event": ["open"] * 12, "timestamp": ["2026-01-02 10:00:00"] * 12}
    found = matched({"events.csv": rows})
    assert [one.table for one in found.tables] == ["customers", "usage"]
    assert found.tables[1].columns["customer_id"].source == "user_id"


def test_two_files_that_could_be_the_customers_are_a_question() -> None:
    found = matched({"accounts.csv": CUSTOMERS | {"industry": ["x"] * 12}, "clients.csv": CUSTOMERS})
    assert found.tables[0].export.name == "accounts.csv"
    assert "clients.csv could be the customers as well" in _asked(found.tables[0])


def test_the_contract_in_the_customers_file_is_a_table_of_its_own() -> None:
    rows = {
        "取引先コード": IDS,
        "会社名": IDS,
        "契約開始日": ["2025-01-01"] * 11 + [""],
        "契約終了日": [""] * 12,
        "月額": ["100"] * 11 + [""],
    }
    customers, contracts = matched({"取引先.csv": rows}).tables
    assert (customers.table, contracts.table) == ("customers", "contracts")
    assert contracts.shape == {"where": {"契約開始日": {"missing": False}}}
    assert "the contract in the customers' own file" in _asked(contracts)


# what the user says


def test_what_the_user_says_a_file_is_it_is() -> None:
    files = {"a.csv": {"no": IDS, "label": IDS}, "b.csv": _rows("contracts")}
    found = matched(files, customers="a.csv", contracts="b.csv")
    assert [(one.table, one.export.name) for one in found.tables] == [("customers", "a.csv"), ("contracts", "b.csv")]
    assert found.tables[0].columns["customer_id"].source == "no"


def test_what_is_missing_in_what_the_user_says_is_asked_for() -> None:
    found = matched(
        {"customers.csv": CUSTOMERS, "x.csv": {"customer_id": IDS, "colour": ["red"] * 12}}, contracts="x.csv"
    )
    assert found.near[0].table == "contracts"
    assert "but for starts_on and mrr" in found.near[0].doubts[0]


# what else comes


def test_the_same_table_twice_is_not_added_up_unasked() -> None:
    found = matched(
        {
            "customers.csv": CUSTOMERS,
            "contracts.csv": _rows("contracts"),
            "old_contracts.csv": _rows("contracts") | {"note": IDS},
        }
    )
    assert [one.table for one in found.tables] == ["customers", "contracts"]
    assert "contracts as well as" in found.near[0].doubts[0]


def _twice(name: str, **second: object) -> dict[str, dict[str, list[str]]]:
    """Return two exports of a table under two headers, in the second these columns instead."""
    rows = _rows(name)
    other = {**rows, **{column: values for column, values in second.items() if isinstance(values, list)}, "note": IDS}
    return {"customers.csv": CUSTOMERS, f"a_{name}.csv": rows, f"b_{name}.csv": other}


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("surveys", {"kind": ["csat"] * 12}),
        ("usage", {"feature": ["export"] * 12}),
        ("contracts", {"product": ["extra"] * 12, "contract_id": [f"Z{n}" for n in range(12)]}),
        ("tickets", {"ticket_id": [f"Z{n}" for n in range(12)]}),
    ],
)
def test_rows_that_are_shown_to_be_others_are_a_list_of_sources(name: str, second: dict[str, list[str]]) -> None:
    found = matched(_twice(name, **second))
    assert [one.table for one in found.tables] == ["customers", name, name]
    assert found.tables[2].doubts[0].startswith(f"are the rows of {found.tables[2].export.name} others")


def test_ids_of_two_sources_are_kept_apart_where_they_are_alike() -> None:
    found = matched(_twice("surveys", kind=["csat"] * 12))
    first, second = (one.columns["response_id"] for one in found.tables[1:])
    assert (dict(first.how), dict(second.how)) == (
        {},
        {"prefix": f"{found.tables[2].export.name.removesuffix('.csv')}-"},
    )


def test_two_lists_of_one_product_for_the_same_customers_are_never_added_up() -> None:
    found = matched(_twice("contracts", contract_id=[f"Z{n}" for n in range(12)]))
    assert [one.table for one in found.tables] == ["customers", "contracts"]
    assert "contracts as well as" in found.near[0].doubts[0]


@pytest.mark.parametrize(
    ("file", "kind"), [("csat_answers.csv", "csat"), ("CES 2026.csv", "ces"), ("満足度調査.csv", "csat")]
)
def test_what_was_asked_is_told_by_the_name_of_the_file(file: str, kind: str) -> None:
    (one,) = _of(matched({"customers.csv": CUSTOMERS, file: _without(_rows("surveys"), "kind")}), file)
    assert one.columns["kind"].value == kind
    assert file in one.columns["kind"].doubts[0]


def test_headers_in_a_third_language_are_left_to_the_user() -> None:
    rows = {"Kundennummer": IDS, "Vertragsbeginn": ["2025-01-01"] * 12, "Monatsbetrag": ["10"] * 12}
    found = matched({"customers.csv": CUSTOMERS, "vertraege.csv": rows})
    assert not _of(found, "vertraege.csv") or all(one.doubts for one in _of(found, "vertraege.csv"))


def test_ranges_are_no_numbers() -> None:
    found = matched({"customers.csv": CUSTOMERS | {"employees": ["1-10", "11-50"] * 6}})
    assert "employees" not in found.tables[0].columns


@pytest.mark.parametrize(
    ("name", "told"),
    [("customer_id", True), ("uuid", True), ("row UUID", True), ("paid", False), ("id of the row", False)],
)
def test_an_id_is_called_one_by_its_last_word(name: str, told: bool) -> None:  # noqa: FBT001
    assert is_id(name) == told


@pytest.mark.parametrize(
    ("name", "month", "year"),
    [
        ("fee per month", True, False), ("月会費", True, False), ("monthly users", False, False),
        ("契約金額(年額)", False, True), ("annual fee", False, True), ("customer", False, False),
    ],
)  # fmt: skip
def test_amounts_are_called_ones_per_month_or_per_year(name: str, month: bool, year: bool) -> None:  # noqa: FBT001
    assert (says_month(name), says_year(name) >= SURE) == (month, year)
