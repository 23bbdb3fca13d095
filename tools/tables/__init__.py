"""What is stored: tables, columns, events and jobs are described, and that is checked against databases and code."""
