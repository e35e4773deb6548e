"""The caller's account."""

from __future__ import annotations

from ..ports import Mutation, Query

__all__ = ["ACCOUNT"]

ACCOUNT = (
    Query("me", "auth-me_retrieve", "customers.Customer", description="The caller, as a buyer."),
    Mutation(
        "update_me",
        "auth-me_partial_update",
        "customers.Customer",
        "customers.Update",
        description="Change one's details.",
    ),
    Query("addresses", "auth-me-addresses_list", "customers.Address", description="The caller's address book."),
    Mutation(
        "add_address",
        "auth-me-addresses_create",
        "customers.Address",
        "customers.AddressInput",
        description="Add an address.",
    ),
    Mutation(
        "change_address",
        "auth-me-addresses_partial_update",
        "customers.Address",
        "customers.AddressInput",
        arguments={"uuid": "address"},
        description="Change an address.",
    ),
    Mutation(
        "remove_address", "auth-me-addresses_destroy", arguments={"uuid": "address"}, description="Delete an address."
    ),
    Query("purposes", "consents_list", "customers.Purpose", description="What customers may agree to."),
    Query("consents", "auth-me-consents_list", "customers.Consent", description="What the caller has agreed to."),
    Mutation(
        "change_consent",
        "auth-me-consents_partial_update",
        "customers.Consent",
        "customers.ConsentChange",
        description="Give or withdraw a consent.",
    ),
    Query("saved_methods", "payment-methods_list", "payments.SavedMethod", description="Saved payment methods."),
    Mutation(
        "remove_saved_method",
        "payment-methods_destroy",
        arguments={"uuid": "saved_method"},
        description="Delete a saved payment method.",
    ),
    Query(
        "sessions", "auth-sessions_list", "accounts.Session", description="Devices on which the caller is signed in."
    ),
    Mutation("end_session", "auth-sessions_destroy", arguments={"uuid": "session"}, description="Sign a device out."),
    Mutation("end_other_sessions", "auth-sessions_end_others", description="Sign all other devices out."),
    Mutation("sign_in", "auth-token_create", "accounts.Tokens", "accounts.SignIn", description="Sign in by token."),
    Mutation(
        "refresh", "auth-token_refresh", "accounts.Tokens", "accounts.Refresh", description="Refresh an access token."
    ),
    Mutation(
        "sign_out", "auth-token_revoke", takes="accounts.Refresh", description="End the session of a refresh token."
    ),
    Mutation(
        "register", "auth-register_create", takes="accounts.Registration", description="Mail a link to a new account."
    ),
    Mutation(
        "confirm_registration",
        "auth-register_confirm",
        takes="accounts.RegistrationConfirmation",
        description="Make the account, by the mailed link.",
    ),
    Mutation(
        "request_password_reset",
        "auth-password-reset_create",
        takes="accounts.PasswordResetRequest",
        description="Mail a link to a new password.",
    ),
    Mutation(
        "reset_password",
        "auth-password-reset_confirm",
        takes="accounts.PasswordReset",
        description="Set a new password, by the mailed link.",
    ),
    Mutation(
        "change_password", "auth-password_change", takes="accounts.PasswordChange", description="Change one's password."
    ),
    Mutation(
        "request_email_change",
        "auth-email_change",
        takes="accounts.EmailChange",
        description="Mail a link to a new address.",
    ),
    Mutation("verify_email", "auth-email_verify", takes="accounts.LinkToken", description="Confirm a new address."),
    Mutation(
        "undo_email_change", "auth-email_undo", takes="accounts.LinkToken", description="Undo a change of address."
    ),
    Mutation(
        "close_account", "auth-close_create", takes="accounts.Closure", description="Close the account, for good."
    ),
)
