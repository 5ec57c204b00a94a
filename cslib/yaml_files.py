"""YAML files read into models, with the file, the line and the nearest name in every message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from cslib.errors import no_such

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)


def read(file: Path, model: type[Model], problems: list[str]) -> Model | None:
    """Return what a file says, defaults where it is absent; None, and lines added to `problems`, where it is wrong."""
    try:
        lines = Lines(file)
        content = yaml.safe_load(_text(file)) or {}
        if not isinstance(content, dict):
            raise yaml.YAMLError("wanted keys with values")  # noqa: TRY301 - told together with what YAML itself refuses
        problems.extend(f"{file}:{line}: key {key!r} is given twice" for key, line in lines.repeated)
        return model.model_validate(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(f"{file}: not readable as YAML in UTF-8: {' '.join(str(error).split())}")
    except ValidationError as error:
        problems.extend(_sentence(file, lines, model, detail) for detail in error.errors())
    return None


class Lines:
    """The line of each key of a YAML file, and the keys that are given twice."""

    def __init__(self, file: Path) -> None:
        self.lines: dict[tuple[str, ...], int] = {}
        self.repeated: list[tuple[str, int]] = []
        node = yaml.compose(_text(file), Loader=yaml.SafeLoader)
        if node is not None:
            self._walk(node, ())

    def _walk(self, node: yaml.Node, path: tuple[str, ...]) -> None:
        self.lines.setdefault(path, node.start_mark.line + 1)
        children = node.value if isinstance(node, yaml.MappingNode) else []
        for key, child in children:
            here = (*path, str(key.value))
            if here in self.lines:
                self.repeated.append((str(key.value), key.start_mark.line + 1))
            self.lines[here] = key.start_mark.line + 1
            self._walk(child, here)

    def of(self, path: tuple[object, ...]) -> int:
        """Return the line of the longest part of `path` that the file holds."""
        keys = tuple(str(key) for key in path)
        found = [keys[:length] for length in range(len(keys) + 1) if keys[:length] in self.lines]
        return self.lines[found[-1]] if found else 1


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8-sig") if file.exists() else ""


def _sentence(file: Path, lines: Lines, model: type[BaseModel], detail: ErrorDetails) -> str:
    path = tuple(part for part in detail["loc"] if not (isinstance(part, str) and _is_type_name(part)))
    place = f"{file}:{lines.of(path)}"
    if detail["type"] == "extra_forbidden":
        return f"{place}: {no_such('key', path[-1], _keys_at(model, path[:-1]))}"
    if detail["type"] == "missing":
        return f"{place}: the key {path[-1]!r} is missing"
    found = "" if detail["type"] == "value_error" else f"; found {detail['input']!r}"
    return f"{place}: {'.'.join(map(str, path))}: {detail['msg'].removeprefix('Value error, ')}{found}"


def _is_type_name(part: str) -> bool:
    # pydantic puts the branch of a union that it tried into the path, such as `Query` or `function-before[…]`
    return part[:1].isupper() or "[" in part or part in {"str", "int", "float", "date", "none"}


def _keys_at(model: type[BaseModel], path: tuple[object, ...]) -> list[str]:
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
