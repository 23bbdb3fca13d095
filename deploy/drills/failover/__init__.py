"""`make drill-failover`: the store on three PostgreSQL that take over from each other, under load (deploy/drills)."""
