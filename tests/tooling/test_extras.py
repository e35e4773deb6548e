"""Each extra, installed alone into an empty environment, does what it is for: what it forgets to bring is missed here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.extras, pytest.mark.slow]

ROOT = Path(__file__).resolve().parent.parent.parent
HEAD = """
import os, sys
from urllib.parse import urlsplit
import django
from django.conf import settings
import tradepost

def shop(*more, **values):
    django_apps = [f"django.contrib.{name}" for name in ("auth", "contenttypes", "messages", "sessions", "staticfiles")]
    apps = [*django_apps, *tradepost.installed_apps(), *more]
    settings.configure(SECRET_KEY="x" * 60, INSTALLED_APPS=apps, STATIC_URL="/static/", **values)
    django.setup()
"""
ACTS = {
    "postgres": """
url = urlsplit(os.environ["DATABASE_URL"])
shop(DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": url.username or "",
    "PASSWORD": url.password or "", "HOST": url.hostname, "PORT": url.port or ""}})
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT 1.10::numeric")
    print(cursor.fetchone()[0])
""",
    "mysql": """
url = urlsplit(os.environ["TRADEPOST_TEST_MARIADB"])
shop(DATABASES={"default": {"ENGINE": "django.db.backends.mysql", "NAME": "information_schema", "USER": url.username or "",
    "PASSWORD": url.password or "", "HOST": url.hostname, "PORT": url.port or ""}})
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT CAST(1.10 AS DECIMAL(5, 2))")
    print(cursor.fetchone()[0], connection.vendor)
""",
    "redis": """
url = os.environ["REDIS_URL"]
shop(CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url, "KEY_PREFIX": "extras"}})
from celery import Celery
from django.core.cache import cache
cache.set("key", "kept", 5)
with Celery("shop", broker=url).connection_for_write() as broker:
    queue = broker.SimpleQueue(f"tradepost-extras-{os.getpid()}")
    queue.put({"hello": "broker"})
    message = queue.get(timeout=5)
    message.ack()
    queue.queue.delete()
print(cache.get("key"), message.payload["hello"])
""",
    "api-docs": """
shop("drf_spectacular_sidecar")
from django.contrib.staticfiles import finders
from tradepost.api.schema.assets import have_assets
print(have_assets(), finders.find("drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js") is not None)
""",
    "cors": """
shop("corsheaders", ROOT_URLCONF="tradepost.api.urls", ALLOWED_HOSTS=["shop.example.com"],
    MIDDLEWARE=["corsheaders.middleware.CorsMiddleware"], CORS_ALLOWED_ORIGINS=["https://app.example.com"])
from django.test import Client
def allowed(origin):
    asks = {"Origin": origin, "Host": "shop.example.com", "Access-Control-Request-Method": "POST"}
    return Client().options("/auth/token/", headers=asks).headers.get("Access-Control-Allow-Origin")
print(allowed("https://app.example.com"), allowed("https://evil.example"))
""",
    "axes": """
shop("axes", DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    MIDDLEWARE=["axes.middleware.AxesMiddleware"],
    AUTHENTICATION_BACKENDS=["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"],
    AXES_LOCKOUT_PARAMETERS=[["username", "ip_address"]], AXES_FAILURE_LIMIT=2, AXES_COOLOFF_TIME=1,
    AXES_CLIENT_IP_CALLABLE="tradepost.core.requests.client_address.client_address")
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import RequestFactory
from tradepost.accounts import errors, services
call_command("migrate", verbosity=0)
get_user_model().objects.create_user("ada", password="right")
def sign_in(password, address):
    try:
        services.sign_in("ada", password, request=RequestFactory().post("/", REMOTE_ADDR=address))
    except errors.SignInRefused as refusal:
        return refusal.code
    return "signed_in"
tries = [("wrong", "192.0.2.1"), ("wrong", "192.0.2.1"), ("right", "192.0.2.1"), ("right", "192.0.2.2")]
print(*(sign_in(*one) for one in tries))
""",
    "graphql": """
shop("tradepost.graphql", ROOT_URLCONF="tradepost.graphql.urls", ALLOWED_HOSTS=["testserver"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
def ask(text):
    return Client().post("/", {"query": text}, content_type="application/json").json()
print(ask("{ currencies { code } }")["data"], ask("{ product(slug: \\"x\\") { name } }")["errors"][0]["extensions"]["code"])
""",
    "taxid": """
shop()
from tradepost.pricing.tax.tax_ids import FormatChecker
print(FormatChecker().check("DE136695976", "DE").method, FormatChecker().check("DE136695978", "DE").valid)
""",
    "addresses": """
shop()
from tradepost.core.addresses.form_fields import address_fields
print(*(field.name for field in address_fields("US") if field.is_usual))
""",
    "phone": """
shop()
from tradepost.core.inputs.phones import read_phone
print(read_phone("030 123456", region="DE").e164)
""",
    "sandbox": """
shop("drf_spectacular_sidecar")
import io
from rich.console import Console
from whitenoise import WhiteNoise
out = io.StringIO()
Console(file=out, width=20).print("[bold]shop[/bold]")
static = os.path.dirname(tradepost.__file__) + "/storefront/static"
served = WhiteNoise(lambda environ, start: [b"missing"], root=static, prefix="static")
print(out.getvalue().strip(), len(served.files) > 0)
""",
    "allauth": f"""
sys.path.append({str(ROOT)!r})
import tests.projects.allauth.walk
""",
}
GIVES = {
    "postgres": "1.10",
    "mysql": "1.10 mysql",
    "redis": "kept broker",
    "api-docs": "True True",
    "axes": "sign_in_refused sign_in_refused sign_in_refused signed_in",
    "cors": "https://app.example.com None",
    "graphql": "{'currencies': [{'code': 'EUR'}]} not_found",
    "taxid": "checksum False",
    "addresses": "name company line1 line2 city region postcode phone",
    "phone": "+4930123456",
    "sandbox": "shop True",
    "allauth": """before the proof: 0 nobody
after opening the link: 0
after its button: ada@example.com ada@example.com
signed in: True 200 ada@example.com
devices: 1
password and address: /accounts/email/
our token: 200 of staff: 200
by a provider: sol@example.com 200
by a provider: nobody 401
by an app: ada@example.com 1
with a made-up token: 401
with the password alone: /accounts/2fa/authenticate/ 401
with the code: 200
another's mailbox: 302 ann@xn--mnchen-3ya.de""",
}


@pytest.mark.parametrize("extra", sorted(ACTS))
def test_an_extra_alone_does_what_it_is_for(tmp_path: Path, extra: str) -> None:
    """Nothing but the library and the one extra is there."""
    home = tmp_path / "venv"
    uv = [sys.executable, "-m", "uv"]
    _call(*uv, "venv", "-q", "--python", sys.executable, str(home))
    python = home / "bin" / "python"
    _call(*uv, "pip", "install", "-q", "--python", str(python), f"django-tradepost[{extra}] @ {ROOT.as_uri()}")
    script = tmp_path / "act.py"
    script.write_text(HEAD + ACTS[extra])

    assert _call(str(python), str(script)).strip() == GIVES[extra]


def _call(*command: str) -> str:
    environment = {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "DJANGO_SETTINGS_MODULE"}
    }
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd=Path(command[0]).parent
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
