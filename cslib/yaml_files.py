"""YAML files read into models, with the file, the line and the nearest name in every message."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, RootModel, ValidationError
from yaml.constructor import ConstructorError
from yaml.reader import ReaderError

from cslib.errors import no_such
from cslib.redaction import redacted

try:  # libyaml's parser is ten times as fast
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # where PyYAML was built without it
    from yaml import SafeLoader  # type: ignore[assignment]

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)
_MERGE, _BOOL, _TEXT = (f"tag:yaml.org,2002:{kind}" for kind in ("merge", "bool", "str"))
_SHOWN = 80  # characters of a value that a message repeats
# characters of a file: nobody writes as many, and some forms take the parser the square of their length
_LONGEST = 1 << 20
_DEEPEST = 40  # levels; our own files have six
_MOST = 100_000  # values, with every alias written out: a dozen aliases of aliases expand to thousands of millions
_KINDS = {  # pydantic's names for what it wanted, as someone who writes YAML would say it
    "dict_type": "keys with values", "model_type": "keys with values", "model_attributes_type": "keys with values",
    "list_type": "a list", "tuple_type": "a list", "string_type": "a text", "bool_type": "true or false",
    "int_type": "a whole number", "float_type": "a number", "finite_number": "a number",
    "too_short": "at least one", "date_type": "a date like 2026-10-31", "recursion_loop": "values that do not hold themselves",
    "invalid_key": "a text as key (YAML reads on, off, yes and no as true and false: quote them)",
}  # fmt: skip


class _Loader(SafeLoader):
    """The safe loader, with keys as they are written, that reports the line of a date that is not in the calendar."""

    def get_single_node(self) -> yaml.Node | None:
        """Return what the file says, not yet made values."""
        node: yaml.Node | None = super().get_single_node()
        if node is not None:
            _keep_keys(node, set())
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - as the base class has it
        """Return a value; one that does not fit its form or its tag is reported with its line."""
        if isinstance(node, yaml.ScalarNode) and not _is_text(str(node.value)):
            raise ConstructorError(None, None, "a text holds signs that are none, such as NUL", node.start_mark)
        try:
            return super().construct_object(node, deep)
        except (ValueError, TypeError, AttributeError, ArithmeticError, LookupError) as error:
            # such as a number of more digits than Python reads, or '!!int x'
            raise ConstructorError(
                None, None, f"{_shown(str(node.value))} cannot be read as a value", node.start_mark
            ) from error

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:  # noqa: ANN401 - as the base class has it
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            raise ConstructorError(None, None, f"{node.value!r} is no date: {error}", node.start_mark) from error


def _keep_keys(node: yaml.Node, seen: set[int], *, words: bool = False) -> None:
    """Make every key the text that is written: null, on, 01 and 2026-10-31 are names of columns and words of an export.

    The truths among the `words` of a `map` stay, since each means all of its spellings.
    """
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _keep_keys(item, seen)
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE and not (words and key.tag == _BOOL):
            key.tag = _TEXT
        _keep_keys(value, seen, words=isinstance(key, yaml.ScalarNode) and key.value == "map")


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


def read(file: Path, model: type[Model], problems: list[str]) -> Model | None:
    """Return what a file says, defaults where it is absent; what is wrong in it is left out, and added to `problems`.

    None where nothing of use is left.
    """
    try:
        lines = Lines(file)
        content = yaml.load(_bounded(_node_text(file)), Loader=_Loader) or {}  # noqa: S506 - a safe loader
        problems.extend(f"{file}:{line}: key {key!r} is given twice" for key, line in lines.repeated)
        return model.model_validate(content)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        problems.append(f"{file}{_line(error)}: not readable as YAML in UTF-8: {_reason(error)}")
    except ValidationError as error:
        problems.extend(_sentence(file, lines, model, detail) for detail in error.errors())
        return _rest(content, model, error)
    return None


def _rest(content: object, model: type[Model], error: ValidationError) -> Model | None:
    """Return what is left of a file without the keys that are wrong, so that the rest can be checked in the same round."""
    if isinstance(content, list):  # of entries, each independent
        wrong = {detail["loc"][0] for detail in error.errors() if detail["loc"]}
        content = [entry for number, entry in enumerate(content) if number not in wrong]
    elif not isinstance(content, dict):
        return None
    else:
        _take_out(content, error)
    try:
        return model.model_validate(content)
    except ValidationError:
        return None


def _take_out(content: dict[object, Any], error: ValidationError) -> None:
    """Take away what is wrong."""
    for path in {detail["loc"][:2] for detail in error.errors()}:
        inner = content.get(path[0]) if path else None
        if path[1:] and path[0] == "tables" and isinstance(inner, dict):
            inner.pop(path[1], None)  # a table at a time, since each is independent
        else:
            content.pop(path[0] if path else None, None)


class Lines:
    """The line of each key of a YAML file, the text of each plain value, those of each list, and the keys that are given twice.

    The entries of a file that is a list, and of a list of mappings in it, have their numbers, from 0, for keys. A file that
    is not YAML has no lines.
    """

    def __init__(self, file: Path) -> None:
        self.lines: dict[tuple[str, ...], int] = {}
        self.texts: dict[tuple[str, ...], str] = {}
        self.listed: dict[tuple[str, ...], list[str]] = {}
        self.repeated: list[tuple[str, int]] = []
        try:
            node = yaml.compose(_bounded(_node_text(file)), Loader=SafeLoader)
        except (yaml.YAMLError, UnicodeDecodeError, OSError):
            return  # the reading of it says what is wrong
        if node is not None:
            self._walk(node, (), frozenset())

    def _walk(self, node: yaml.Node, path: tuple[str, ...], above: frozenset[int]) -> None:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            self.texts[path] = str(node.value)
        if isinstance(node, yaml.SequenceNode) and id(node) not in above:
            self.listed[path] = [str(entry.value) for entry in node.value if isinstance(entry, yaml.ScalarNode)]
            for number, entry in enumerate(node.value):
                if not path or isinstance(entry, yaml.MappingNode):
                    self._walk(entry, (*path, str(number)), above | {id(node)})
        if not isinstance(node, yaml.MappingNode) or id(node) in above:
            return
        own: set[str] = set()
        for key, child in node.value:
            here = (*path, str(key.value))
            if here[-1] in own:
                self.repeated.append((here[-1], key.start_mark.line + 1))
            own.add(here[-1])
            self.lines[here] = key.start_mark.line + 1
            self._walk(child, here, above | {id(node)})

    def of(self, path: tuple[object, ...]) -> int:
        """Return the line of the longest part of `path` that the file holds."""
        keys = tuple(str(key) for key in path)
        found = [keys[:length] for length in range(len(keys) + 1) if keys[:length] in self.lines]
        return self.lines[found[-1]] if found else 1

    def held(self, path: tuple[object, ...]) -> tuple[str, ...]:
        """Return those parts of `path` that are keys of the file; pydantic's also names the types that it tried."""
        keys: tuple[str, ...] = ()
        for part in path:
            if (*keys, str(part)) in self.lines:
                keys = (*keys, str(part))
        return keys


def _node_text(file: Path) -> str:
    return file.read_text(encoding="utf-8-sig") if file.exists() else ""


def _bounded(text: str) -> str:
    """Return a text of which what it says is neither too much nor too deep to be read at once, nor holds itself.

    Its parts are counted as they are met, before anything is made of them.
    """
    if len(text) > _LONGEST:
        raise ConstructorError(None, None, f"wanted at most {_LONGEST:,} characters; found {len(text):,}")
    sizes: dict[str, int] = {}
    open_ones: list[tuple[str | None, int]] = []
    size = 0
    for event in yaml.parse(text, Loader=SafeLoader):
        size, problem = size + 1, None
        if isinstance(event, yaml.AliasEvent):
            problem = (
                None
                if event.anchor in sizes
                else f"the alias {event.anchor!r} stands for nothing, or for what holds it"
            )
            size += sizes.get(str(event.anchor), 0)
        elif isinstance(event, yaml.CollectionStartEvent):
            open_ones.append((event.anchor, size))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, began = open_ones.pop()
            sizes |= {anchor: size - began} if anchor else {}
        elif isinstance(event, yaml.ScalarEvent) and event.anchor:
            sizes[event.anchor] = 1
        if len(open_ones) > _DEEPEST:
            problem = f"wanted at most {_DEEPEST} levels, one within another; found more"
        elif size > _MOST:
            problem = f"wanted at most {_MOST:,} values, each alias counted as what it stands for; found more"
        if problem:
            raise ConstructorError(None, None, problem, event.start_mark)  # type: ignore[arg-type] # of either parser
    return text


def _is_text(value: str) -> bool:
    return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)


def _line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    return f":{mark.line + 1}" if mark else ""


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is no UTF-8; save the file as UTF-8"
    if isinstance(error, ReaderError):
        sign = error.character if isinstance(error.character, int) else ord(error.character)
        return f"the sign U+{sign:04X} at position {error.position + 1} stands in no text; take it away"
    said = [getattr(error, "context", None), getattr(error, "problem", None)]
    return ", ".join(filter(None, said)) or " ".join(str(error).split())


def _sentence(file: Path, lines: Lines, model: type[BaseModel], detail: ErrorDetails) -> str:
    path = lines.held(detail["loc"])
    if not detail["loc"]:
        return f"{file}: wanted {_KINDS.get(detail['type'], 'keys with values')}; found {_shown(detail['input'])}"
    place, key = f"{file}:{lines.of(path)}", detail["loc"][-1]
    said = ".".join(path[1:] if issubclass(model, RootModel) else path) or "an entry"
    if detail["type"] == "extra_forbidden":
        above = path[:-1] if path[-1:] == (str(key),) else path
        return f"{place}: {no_such('key', key, _keys_at(model, above))}"
    if detail["type"] == "missing":
        return f"{place}: the key {key!r} is missing"
    if detail["type"] == "value_error":
        return f"{place}: {said}: {detail['msg'].removeprefix('Value error, ')}"
    wanted = _KINDS.get(detail["type"]) or detail["msg"].removeprefix("Input should be ")
    if detail["type"] == "string_type" and isinstance(detail["input"], bool):
        wanted += " (YAML reads on, off, yes and no as true and false: quote them)"
    return f"{place}: {said}: wanted {wanted}; found {_shown(detail['input'])}"


def _shown(value: object) -> str:
    try:
        shown = redacted(str(value) if isinstance(value, date) else "nothing" if value is None else repr(value))
    except ValueError:  # of more digits than Python writes
        shown = "a number of thousands of digits"
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"


def _keys_at(model: type[BaseModel], path: tuple[object, ...]) -> list[str]:
    if issubclass(model, RootModel):  # a list of entries
        model, path = _model_in(model.model_fields["root"].annotation) or model, path[1:]
    for part in path:
        field = _field(model, part)
        inner = _model_in(field) if field is not None else None
        model = inner or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _field(model: type[BaseModel], key: object) -> Any:  # noqa: ANN401 - an annotation can be anything
    return next((f.annotation for name, f in model.model_fields.items() if key in (name, f.alias)), None)


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
