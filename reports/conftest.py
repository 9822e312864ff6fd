from pos_project.tests.invariants import the_books_agree
from reports.tests.worked_dataset import worked_dataset

__all__ = ["the_books_agree", "worked_dataset"]
