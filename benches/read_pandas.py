"""Reads every sheet into a data frame with pandas and calamine."""
import sys

import pandas

cells = 0
for path in sys.argv[1:]:
    frames = pandas.read_excel(path, sheet_name=None, engine="calamine")
    cells += sum(frame.size for frame in frames.values())
print(cells)
