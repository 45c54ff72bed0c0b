"""Attachments of applications."""
