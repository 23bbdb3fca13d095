"""A whole service: its FastAPI application, its start and its end, its work in the background."""

from chassis.service.app import create_service

__all__ = ["create_service"]
