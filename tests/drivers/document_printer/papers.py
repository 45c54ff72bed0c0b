"""Small PDFs made by hand, for tests that want to know which paper came out."""

from __future__ import annotations

from drivers.document_printer.port import Document


def pdf_of(pages: int, words: str = "zhizhu") -> bytes:
    """A whole, well-formed A4 document of so many pages."""
    content = f"BT /F1 24 Tf 72 720 Td ({words}) Tj ET".encode()
    kids = " ".join(f"{4 + number} 0 R" for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} /MediaBox [0 0 595 842]".encode()
        + b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        *(b"<< /Type /Page /Parent 2 0 R /Contents 3 0 R >>" for _ in range(pages)),
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + end + trailer


CERTIFICATE = Document(pdf_of(2))
ONE_PAGE = Document(pdf_of(1))
