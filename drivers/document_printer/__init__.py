"""The kind *document_printer*: printers of whole pages (A4, PDF) that speak IPP, or stand behind a CUPS queue."""
