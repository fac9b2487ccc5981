"""Reads every cell of every sheet with openpyxl, read-only."""
import sys

import openpyxl

cells = 0
for path in sys.argv[1:]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for sheet in book:
        for row in sheet.iter_rows(values_only=True):
            cells += len(row)
print(cells)
