"""Payments (非税缴费): one order a case, a channel that may fail in every way, receipts, refunds, reconciliation."""
