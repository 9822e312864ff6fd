from reports.tests.worked_dataset import worked_dataset

__all__ = ["worked_dataset"]
