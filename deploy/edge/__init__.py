"""The edge in a cluster: the chart of the Gateway and what belongs to it."""
