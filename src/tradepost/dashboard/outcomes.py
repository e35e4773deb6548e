"""Forms that are done: once, with a message of what came of it, or refused with the reason."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tradepost.core.actors import By
from tradepost.core.errors import AlreadyDone, TradepostError
from tradepost.core.pages.action_forms import ActionForm, show_already_done

__all__ = ["done"]


def done(request: HttpRequest, form: ActionForm, by: By) -> bool:
    """Do it, and leave a message with what came of it; a refusal is an error of the form, at its field where it names one."""
    try:
        form.do(by)
    except AlreadyDone as earlier:
        show_already_done(request, finished=bool(earlier.context.get("finished", True)))
        return True
    except ValidationError as refusal:
        by_field = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
        for name, texts in by_field.items():
            form.add_error(name if name in form.fields else None, texts)
        return False
    except TradepostError as refusal:
        name = str(refusal.context.get("attr", "")).rpartition(".")[2]
        form.add_error(name if name in form.fields else None, str(refusal))
        return False
    is_open = getattr(form, "outcome_level", "success") != "success"
    text = getattr(form, "outcome", "") or _("Done: %(act)s.") % {"act": form.title}
    (messages.warning if is_open else messages.success)(request, text)
    return True
