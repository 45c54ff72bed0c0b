"""Authorisation vouchers (数据资产凭证), as data: which facts may be authorised together, and who may read by one."""

from seeds.vouchers.scopes import Fact, Reader, Scope, VoucherScopes

__all__ = ["Fact", "Reader", "Scope", "VoucherScopes"]
