"""A PDF on disk as a document, for whoever prints by hand."""

from __future__ import annotations

from pathlib import Path

from drivers.document_printer.port import DOCUMENT_BYTES_MAX, Document
from drivers.trouble import DeviceTrouble


def read_document(path: Path) -> Document:
    """The document in this file; raises DeviceTrouble for what cannot be read or is no PDF."""
    try:
        with path.open("rb") as file:
            pdf = file.read(DOCUMENT_BYTES_MAX + 1)
    except OSError as error:
        raise DeviceTrouble("document.unreadable", f"读不了文件 {path}。", "请检查路径和权限。") from error
    try:
        return Document(pdf)
    except ValueError as error:
        most = DOCUMENT_BYTES_MAX // 1024 // 1024
        raise DeviceTrouble(
            "document.not_pdf", f"{path} 不是能打印的 PDF。", f"请选一个不超过 {most} MB 的 PDF 文件。"
        ) from error
