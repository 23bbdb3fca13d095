"""What a rate of orders needs and costs: pods, nodes, database, cache, money (`make capacity RATE=17`)."""
