"""The kind *receipt_printer*: slips as values in, ESC/POS bytes out, and the truth about what the paper did."""
