"""What customers do with their account, and staff with roles and invitations, by the API's examples."""

from __future__ import annotations

from proofs import store
from proofs.steps import Step

SIGN_IN = (Step("create_session", {"Authorization": "access_token"}),)
# As SIGN_IN, with the password that the account has meanwhile.
SIGN_IN_ANEW = (Step("create_session", {"Authorization": "access_token"}, send={"password": "password"}),)
ADDRESSES = (
    Step("create_address", {"address_id": "id"}),
    Step("list_addresses"),
    Step("replace_address"),
    Step("delete_address"),
    Step("set_own_language"),
)
# Somebody else, who has no order: one that waits to be sent refuses an erasure.
ANOTHER = (Step("create_account", send={"email": "email"}),)
ANOTHER_BY_LINK = (
    Step("create_email_verification"),
    Step("create_session", {"Authorization": "access_token"}, send={"email": "email"}),
    Step("read_own_account", {"account_id": "id"}),
)
ERASURE = (
    Step("create_erasure"),
    Step("read_erasure"),
    Step("delete_erasure"),
)
EXPORT = (
    Step("create_export", {"export_id": "id"}),
    Step("list_exports"),
)
EXPORTED = (Step("read_export_file"),)
ERASED_BY_STAFF = (
    Step("create_account_erasure"),
    Step("read_account_erasure"),
)
JOINED = (Step("join_orders"),)
# Each of the two makes the next sign-in one with another password.
OWN_PASSWORD = (Step("replace_password"),)
RESET = (Step("create_password_reset"),)
RESET_BY_LINK = (Step("complete_password_reset"),)
RESET_TO = (Step("complete_password_reset", send={"password": "password"}),)
NEW_EMAIL = (Step("create_email_change"),)
NEW_EMAIL_BY_LINK = (Step("confirm_email_change"),)
OLD_EMAIL_BY_LINK = (Step("take_back_email_change"),)
PROVED = (Step("prove_session", {"Authorization": "access_token"}),)
FACTOR = (Step("create_second_factor", {"secret": "secret"}),)
FACTOR_BY_CODE = (
    Step("confirm_second_factor", send={"code": "code"}),
    Step("refresh_session", {"Authorization": "access_token"}),
    Step("read_second_factor"),
    Step("create_recovery_codes"),
)
NO_FACTOR = (Step("delete_own_second_factor"),)
ROLES = (
    Step("put_role"),
    Step("list_roles"),
    Step("delete_role"),
)
KNOWN = (
    Step("read_account"),
    Step("add_account_note", {"note_id": "id"}),
    Step("list_account_notes"),
    Step("delete_account_note"),
    Step("create_account_group", {"group_id": "id"}),
    Step("add_group_member"),
    Step("list_account_groups", {"version": "items.0.version"}),
    Step("remove_group_member"),
    Step("change_account_group", send={"version": "version"}),
    Step("delete_account_group"),
)
INVITED = (
    Step("create_invitation", {"invitation_id": "invitation.id"}),
    Step("list_invitations"),
)
# Once the first one was mailed; the second one is accepted.
INVITED_AGAIN = (
    Step("delete_invitation"),
    Step("create_invitation", {"invitation_id": "invitation.id"}),
)
ACCEPTED = (Step("accept_invitation"),)
OTHERS_FACTOR = (Step("delete_second_factor"),)
# Nothing has stopped in the shop of the examples.
OPERATIONS = tuple(
    step
    for service in store.SERVICES
    for step in (
        Step(f"list_{service}_audit_lines"),
        Step(f"read_{service}_audit_chain"),
        Step(f"read_{service}_operations"),
        Step(f"redrive_{service}_events"),
        Step(f"release_{service}_jobs"),
        Step(f"delete_{service}_event", expect=404),
        Step(f"delete_{service}_job", expect=404),
    )
)
