"""Buying in the back office: one module per subject."""

from purchasing import purchase_admin, supplier_admin

__all__ = ["purchase_admin", "supplier_admin"]
