"""Summaries: what closed days come to, built once, read often (ADR 0013).

`builders` lists them and `building` builds them; `plan` says of what a period is read, `sums` and
`buyer_sets` read it: built days and live rows added up.
"""
