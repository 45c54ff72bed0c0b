"""Payments: the order's states, phones and notices over HTTP, crashes, refunds, reconciliation."""
