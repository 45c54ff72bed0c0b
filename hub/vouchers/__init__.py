"""Authorisation vouchers (数据资产凭证): a resident lets a named party read named facts, for a purpose and a time."""
