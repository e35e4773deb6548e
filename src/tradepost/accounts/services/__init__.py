"""Use cases of accounts."""

from __future__ import annotations

from ..roles import Role, shop_roles
from .api_keys import NewKey, create_key, is_key, open_key, revoke_key
from .browsers import begin_browser, browser_of, end_browser, touch_browser
from .closure import close_account, close_on_request, deactivate, reactivate
from .email_changes import change_email, request_email_change, undo_email_change
from .identities import current_identity, find_identity, mark_verified, username_for
from .passwords import change_password, request_password_reset, reset_password
from .proofs import counting_proof
from .registration import confirm_registration, request_registration
from .roles import RoleChange, grantable_groups, may_edit_user, role_changes, write_roles
from .sessions import (
    SignedIn,
    begin,
    check_password,
    end,
    end_all,
    end_by_token,
    end_one_of,
    end_others,
    find_session,
    refresh,
    sessions_of,
    sign_in,
)
from .tokens import peek

__all__ = [
    "NewKey",
    "Role",
    "RoleChange",
    "SignedIn",
    "begin",
    "begin_browser",
    "browser_of",
    "change_email",
    "change_password",
    "check_password",
    "close_account",
    "close_on_request",
    "confirm_registration",
    "counting_proof",
    "create_key",
    "current_identity",
    "deactivate",
    "end",
    "end_all",
    "end_browser",
    "end_by_token",
    "end_one_of",
    "end_others",
    "find_identity",
    "find_session",
    "grantable_groups",
    "is_key",
    "mark_verified",
    "may_edit_user",
    "open_key",
    "peek",
    "reactivate",
    "refresh",
    "request_email_change",
    "request_password_reset",
    "request_registration",
    "reset_password",
    "revoke_key",
    "role_changes",
    "sessions_of",
    "shop_roles",
    "sign_in",
    "touch_browser",
    "undo_email_change",
    "username_for",
    "write_roles",
]
