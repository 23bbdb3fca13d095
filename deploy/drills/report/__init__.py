"""`make drill-report`: a store trades, as usual and with three faults, and `mercat report` names those alone."""
