"""What a kind asks of a driver and its tests of whoever breaks the device, read from the kind's own source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drivers.trouble import DeviceTrouble

_LIFE = ("open", "close")


class NoSourceTree(DeviceTrouble):
    """There is nowhere to write a new driver to, or nothing to read its shape from."""


@dataclass(frozen=True)
class Method:
    """One method that must be there: `signature` is everything between `def` and the colon, with its decorators."""

    name: str
    signature: str
    decorators: tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    """A protocol by its name, its methods, and the imports that their signatures need."""

    name: str
    methods: tuple[Method, ...]
    imports: tuple[str, ...]


def port_of(path: Path, module: str) -> Shape:
    """The protocol in a kind's port.py: the one that is opened and closed."""
    tree = _parsed(path)
    for protocol in _protocols(tree):
        methods = _methods(protocol, tree)
        if {*_LIFE} <= {method.name for method in methods}:
            return _shape(protocol.name, methods, tree, module)
    raise NoSourceTree("device.no_port", f"{path} 里没有设备接口。", "请先写好这种设备的 port.py。")


def stand_of(path: Path, module: str) -> tuple[str, Shape]:
    """The contract's class and the protocol of the stand that its tests work on: the last of each is the fullest."""
    tree = _parsed(path)
    contracts = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.name.endswith("Contract")]
    stands = [protocol for protocol in _protocols(tree) if protocol.name.endswith("Stand")]
    if not contracts or not stands:
        raise NoSourceTree("device.no_contract", f"{path} 里没有契约测试。", "请先写好这种设备的 contract.py。")
    return contracts[-1], _shape(stands[-1].name, _methods(stands[-1], tree), tree, module)


def _parsed(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except OSError:
        raise NoSourceTree("device.no_source", f"读不到 {path}。", "请在项目的源码目录里运行。") from None


def _protocols(tree: ast.Module) -> Iterator[ast.ClassDef]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "Protocol" for base in node.bases):
            yield node


def _methods(protocol: ast.ClassDef, tree: ast.Module) -> tuple[Method, ...]:
    """Its own methods after those of the protocols it widens."""
    found: dict[str, Method] = {}
    known = {each.name: each for each in tree.body if isinstance(each, ast.ClassDef)}
    for base in protocol.bases:
        if isinstance(base, ast.Name) and base.id in known:
            found |= {method.name: method for method in _methods(known[base.id], tree)}
    for node in protocol.body:
        if isinstance(node, ast.FunctionDef):
            returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
            signature = f"{node.name}({ast.unparse(node.args)}){returns}"
            decorators = tuple(ast.unparse(each) for each in node.decorator_list)
            found[node.name] = Method(node.name, signature, decorators)
    return tuple(found.values())


def _shape(name: str, methods: tuple[Method, ...], tree: ast.Module, module: str) -> Shape:
    named = {name}
    for method in methods:
        function = ast.parse(f"def {method.signature}: ...").body[0]
        named |= {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return Shape(name, methods, tuple(sorted({*_imports(tree, named), *_own(tree, named, module)})))


def _imports(tree: ast.Module, named: set[str]) -> Iterator[str]:
    """The import lines of this file that bring in one of these names."""
    for node in tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for alias in node.names:
            if (alias.asname or alias.name) in named:
                once = ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [alias], 0)
                yield ast.unparse(once)


def _own(tree: ast.Module, named: set[str], module: str) -> Iterator[str]:
    for node in tree.body:
        match node:
            case (
                ast.ClassDef(name=own)
                | ast.FunctionDef(name=own)
                | ast.AnnAssign(target=ast.Name(id=own))
                | ast.Assign(targets=[ast.Name(id=own)])
            ):
                if own in named:
                    yield f"from {module} import {own}"
            case _:
                continue
