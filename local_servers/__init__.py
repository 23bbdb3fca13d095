"""PostgreSQL and Valkey from wheels, as the tests and the store on one machine start them. No service imports it."""
