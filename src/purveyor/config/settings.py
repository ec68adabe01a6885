"""Django settings, read from the environment alone. See docs/reference/settings.md for each variable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("PURVEYOR_HOME", ".purveyor")).resolve()


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def database(url: str, *, pool: bool = False) -> dict[str, Any]:
    """A Django database entry from a ``postgresql://user:password@host:port/name?option=value`` URL."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    # PostgreSQL parses and plans a repeated statement once: with row-level security that is a third of its work.
    # A pooler that changes servers between transactions (PgBouncer before 1.21) needs it off.
    prepared = _flag("PURVEYOR_PREPARE", True)
    options: dict[str, Any] = {"server_side_binding": prepared, "prepare_threshold": 5 if prepared else None}
    options |= {
        key: value
        for key, value in query.items()
        if key not in {"host", "port", "user", "password", "dbname"}
    }
    if pool:
        options["pool"] = {"min_size": 1, "max_size": 4, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": query.get("dbname") or unquote(parts.path.lstrip("/")),
        "USER": query.get("user") or unquote(parts.username or ""),
        "PASSWORD": query.get("password") or unquote(parts.password or ""),
        "HOST": query.get("host") or unquote(parts.hostname or ""),
        "PORT": query.get("port") or str(parts.port or ""),
        "CONN_MAX_AGE": 0 if pool else 600,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": options,
        "TIME_ZONE": None,
        "ATOMIC_REQUESTS": False,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


# The launcher (interfaces/cli) puts these three there; the owner's is used by `migrate` alone.
_APP_URL = os.environ.get("DATABASE_APP_URL", "postgresql://purveyor_app@/purveyor")
_RUN_URL = os.environ.get("DATABASE_RUN_URL", "postgresql://purveyor_run@/purveyor")
_OWNER_URL = os.environ.get("DATABASE_URL", "postgresql://purveyor_owner@/purveyor")
DATABASES = {"default": database(_APP_URL), "run": database(_RUN_URL), "owner": database(_OWNER_URL)}

SANDBOX = _flag("PURVEYOR_SANDBOX", False)
DEBUG = False
BASE_URL = os.environ.get("PURVEYOR_URL", "http://localhost:8000").rstrip("/")
SECRET_KEY = os.environ.get("PURVEYOR_SECRET_KEY", "")
if not SECRET_KEY:
    if not SANDBOX:
        raise SystemExit("Set PURVEYOR_SECRET_KEY (50 random characters) before serving.")
    SECRET_KEY = "sandbox-" + "0" * 50
_HOST = urlsplit(BASE_URL).hostname or "localhost"
ALLOWED_HOSTS = [_HOST, *os.environ.get("PURVEYOR_HOSTS", "").split()] + (
    ["localhost", "127.0.0.1", "[::1]", "testserver"] if SANDBOX else []
)
_HTTPS = BASE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# The operator's zone: business dates, cut-offs and document dates are counted in it.
PURVEYOR_ZONE = os.environ.get("PURVEYOR_ZONE", "Europe/Stockholm")
INVITATION_DAYS = int(os.environ.get("PURVEYOR_INVITATION_DAYS", "14"))
DEFAULT_BILL_TO = os.environ.get("PURVEYOR_BILL_TO", "customer")
# Passkey or authenticator app for the people of the operator and the resellers (rules.md f).
REQUIRE_MFA = _flag("PURVEYOR_REQUIRE_MFA", False)
# A session ends after so long without a page, and after SESSION_COOKIE_AGE at the latest.
IDLE_MINUTES = int(os.environ.get("PURVEYOR_IDLE_MINUTES", "30"))
OSS_REGISTERED = _flag("PURVEYOR_OSS", True)
# Where VAT numbers are checked live; empty: by form and check digit alone. A sandbox asks nobody unless told whom.
VIES_URL = os.environ.get(
    "PURVEYOR_VIES_URL", "" if SANDBOX else "https://ec.europa.eu/taxation_customs/vies"
)
VIES_SECONDS = float(os.environ.get("PURVEYOR_VIES_SECONDS", "4"))
VIES_FRESH_HOURS = int(os.environ.get("PURVEYOR_VIES_FRESH_HOURS", "24"))
VIES_RECHECK_DAYS = int(os.environ.get("PURVEYOR_VIES_RECHECK_DAYS", "30"))
# How many days an exchange rate holds: a long weekend has no new one, and a test clock runs ahead of all rates.
EXCHANGE_RATE_DAYS = int(os.environ.get("PURVEYOR_EXCHANGE_RATE_DAYS", "3650" if SANDBOX else "10"))

# Our creditor identifier, for SEPA direct debits.
SEPA_CREDITOR_ID = os.environ.get("PURVEYOR_SEPA_CREDITOR_ID", "DE98ZZZ09999999999" if SANDBOX else "")

# Cards by Stripe: without a key they are not offered. The address is Stripe's own unless a double stands in for it.
STRIPE_KEY = os.environ.get("PURVEYOR_STRIPE_KEY", "")
STRIPE_WEBHOOK_SECRET = os.environ.get("PURVEYOR_STRIPE_WEBHOOK_SECRET", "")
STRIPE_URL = os.environ.get("PURVEYOR_STRIPE_URL", "")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "django_htmx",
    "csp",
    "purveyor.infra",
    "purveyor.parties",
    "purveyor.tax",
    "purveyor.ledger",
    "purveyor.catalog",
    "purveyor.subscriptions",
    "purveyor.seats",
    "purveyor.billing",
    "purveyor.payments",
    "purveyor.renewals",
    "purveyor.sales",
    "purveyor.interfaces.mail",
    "purveyor.interfaces.console",
    "purveyor.interfaces.api",
    "purveyor.config",
]
INSTALLED_APPS = [
    name
    for name in INSTALLED_APPS
    if not name.startswith("purveyor.") or (PACKAGE / Path(*name.split(".")[1:]) / "apps.py").exists()
]

MIDDLEWARE = [
    # The API needs none of the others; what reaches it is answered there.
    "purveyor.interfaces.api.middleware.ApiShortcut",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "purveyor.interfaces.console.idle.IdleSession",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "purveyor.config.urls"
WSGI_APPLICATION = "purveyor.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            PACKAGE / "interfaces" / "console" / "templates",
            PACKAGE / "interfaces" / "mail" / "templates",
        ],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "purveyor.interfaces.console.context.public",
            ],
        },
    }
]

AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

# People come by invitation; an e-mail address is the login.
ACCOUNT_ADAPTER = "purveyor.interfaces.console.accounts.ClosedAccountAdapter"
_SIGN_IN_FORMS = "purveyor.interfaces.console.forms.sign_in"
ACCOUNT_FORMS = {
    "login": f"{_SIGN_IN_FORMS}.LoginForm",
    "reset_password": f"{_SIGN_IN_FORMS}.ResetPasswordForm",
    "add_email": f"{_SIGN_IN_FORMS}.AddEmailForm",
}
MFA_FORMS = {
    "add_webauthn": f"{_SIGN_IN_FORMS}.AddPasskeyForm",
    "edit_webauthn": f"{_SIGN_IN_FORMS}.EditPasskeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _HTTPS else "http"
ACCOUNT_RATE_LIMITS = {} if _flag("PURVEYOR_NO_RATE_LIMITS", False) else {"login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Purveyor"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS
USERSESSIONS_TRACK_ACTIVITY = False

# Sessions: 12 hours at most (docs/decisions/0006-sessions.md). __Host- needs TLS.
SESSION_COOKIE_NAME = "__Host-session" if _HTTPS else "purveyor_session"
CSRF_COOKIE_NAME = "__Host-csrf" if _HTTPS else "purveyor_csrf"
LANGUAGE_COOKIE_NAME = "purveyor_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
SECURE_HSTS_SECONDS = 31536000 if _HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if _flag("PURVEYOR_BEHIND_PROXY", False) else None
)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español"), ("de", "Deutsch"), ("it", "Italiano"), ("fr", "Français")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = PURVEYOR_ZONE

STATIC_URL = "/static/"
# Files are served from where they are installed; set this to collect them for a web server in front.
STATIC_ROOT = os.environ.get("PURVEYOR_STATIC_ROOT") or None
STATICFILES_DIRS = [PACKAGE / "interfaces" / "console" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

EMAIL_BACKEND = (
    "django.core.mail.backends.dummy.EmailBackend"
    if SANDBOX
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = os.environ.get("PURVEYOR_SMTP_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("PURVEYOR_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("PURVEYOR_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("PURVEYOR_SMTP_PASSWORD", "")
EMAIL_USE_TLS = _flag("PURVEYOR_SMTP_TLS", False)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = os.environ.get("PURVEYOR_MAIL_FROM", "purveyor@localhost")

PROCRASTINATE_ON_APP_READY = None
PROCRASTINATE_IMPORT_PATHS = [
    "purveyor.infra.jobs",
    "purveyor.payments.jobs",
    "purveyor.interfaces.mail.jobs",
]
if not (PACKAGE / "interfaces" / "mail" / "jobs.py").exists():
    PROCRASTINATE_IMPORT_PATHS = ["purveyor.infra.jobs", "purveyor.payments.jobs"]
PROCRASTINATE_DATABASE_ALIAS = "default"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("PURVEYOR_LOG", "WARNING")},
}
