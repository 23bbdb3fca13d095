"""The second factor: codes of an application (TOTP) with recovery codes, beside the password."""

from identity.second_factor.api import routes
from identity.second_factor.problems import SecondFactorRequired, WrongCode
from identity.second_factor.store import RIGHT, check
from identity.second_factor.usecases.remove import remove_factor, remove_younger

ROUTERS = [routes.own, routes.staff]

__all__ = ["RIGHT", "ROUTERS", "SecondFactorRequired", "WrongCode", "check", "remove_factor", "remove_younger"]
