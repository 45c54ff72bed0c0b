"""Notices: what people must hear of their cases, each made once, heard at a terminal or by a clerk's call."""
