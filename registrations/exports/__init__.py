"""Lists that leave the product as CSV, XLSX or ODS files.

`tables` says what a list is, `writers` and `opendocument` write it row by row, `responses` sends
it. Memory does not grow with rows.
"""
