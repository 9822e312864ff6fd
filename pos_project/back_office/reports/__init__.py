"""Reports: the figures of the API's statements and dashboards as pages, spreadsheets and PDF."""
