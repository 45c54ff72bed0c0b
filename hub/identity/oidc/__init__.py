"""Signing staff in at the province's identity provider (统一身份认证), where a province has one: OpenID Connect."""
