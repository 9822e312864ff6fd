"""Selling in the back office: one module per subject."""

from sales import customer_admin, sale_admin

__all__ = ["customer_admin", "sale_admin"]
