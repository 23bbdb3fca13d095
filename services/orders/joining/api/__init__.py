"""The endpoint by which an account asks for its orders of before."""
