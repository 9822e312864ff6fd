"""Frozen facts: what closed days come to, made once, read often (ADR 0013).

`makers.MAKERS` lists them, `freezing` makes them, `reading` adds frozen days and live rows up.
"""
