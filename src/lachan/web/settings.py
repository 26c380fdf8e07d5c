"""Every setting of Lá Chắn, in one file. docs/settings.md describes each environment variable; a test compares."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from lachan.web import databases, env, hosts, hsts
from lachan.web.paths import PACKAGE, ROOT

DATA = env.folder("LACHAN_DATA", ROOT / "data")
TESTING = "pytest" in sys.modules
DEBUG = env.boolean("LACHAN_DEBUG")
DEMO = env.boolean("LACHAN_DEMO")
PUBLIC_URL = env.text("LACHAN_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
PROVINCE = env.text("LACHAN_PROVINCE", "56")
STRUCTURE = env.text("LACHAN_STRUCTURE", "2021")

KEYS = env.folder("LACHAN_KEYS", DATA / "keys")
_secret = KEYS / "django-secret"
SECRET_KEY = env.text("LACHAN_SECRET_KEY") or (
    _secret.read_text(encoding="utf-8").strip() if _secret.exists() else ("test" * 16 if TESTING else "")
)

ALLOWED_HOSTS = env.words("LACHAN_HOSTS", "*" if TESTING else ",".join(hosts.LOOPBACK))
if not TESTING and (_own := urlsplit(PUBLIC_URL).hostname):
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, hosts.written(_own)]
CSRF_TRUSTED_ORIGINS = env.words("LACHAN_ORIGINS", PUBLIC_URL)
SECURE = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "lachan.base",  # before allauth: its templates and words for signing in are ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "lachan.registry.audit",
    "lachan.registry.units",
    "lachan.registry.places",
    "lachan.registry.people",
    "lachan.registry.households",
    "lachan.registry.accounts",
    "lachan.messaging",
    "lachan.gate.declarations",
    "lachan.gate.checkpoints",
    "lachan.gate.intake",
    "lachan.gate.edge",
    "lachan.outbreak.tasks",
    "lachan.outbreak.cases",
    "lachan.outbreak.tracing",
    "lachan.outbreak.isolation",
    "lachan.outbreak.zones",
    "lachan.portal",
    "lachan.web",
]

MIDDLEWARE = [
    "lachan.base.middleware.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lachan.base.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lachan.registry.accounts.middleware.SecondFactor",
    "lachan.base.middleware.PermissionGate",
]

ROOT_URLCONF = "lachan.web.urls"
WSGI_APPLICATION = "lachan.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lachan.base.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "lachan.base.templatetags.lachan"],
        },
    }
]

FORM_RENDERER = "lachan.base.renderer.Renderer"

DATABASES = {"default": databases.from_url(env.text("DATABASE_URL"), DATA)}
if TESTING:  # a test's one connection may not end of old age in the middle of a run
    DATABASES["default"]["CONN_MAX_AGE"] = None
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/tai-khoan/login/"
LOGIN_REDIRECT_URL = "/cb/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "lachan.registry.accounts.adapter.AccountAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_ADAPTER = "lachan.registry.accounts.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "Lá Chắn"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
LANGUAGE_COOKIE_NAME = "lc_lang"
USE_THOUSAND_SEPARATOR = False  # years and codes are numbers too; counts pass through the filter `number`

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]

SESSION_COOKIE_NAME = "lc_session"
SESSION_COOKIE_AGE = env.integer("LACHAN_SESSION_HOURS", 12, low=1, high=72) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "lc_csrf"
CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "lachan.base.errors.csrf_failure"
SECURE_HSTS_SECONDS = env.integer("LACHAN_HSTS_DAYS", hsts.days(PUBLIC_URL, DATA), low=0, high=3650) * 86400
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, "'wasm-unsafe-eval'"],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:", "mediastream:"],
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend"
        if not TESTING
        else "django_tasks.backends.immediate.ImmediateBackend"
    }
}

MESSAGING_CHANNEL = env.text("LACHAN_MESSAGING", "console")
DISK_ALARM_MB = env.integer("LACHAN_DISK_ALARM_MB", 1024, low=0)
DJANGO_THREADS = env.integer("LACHAN_DJANGO_THREADS", 4, low=1, high=64)
FRONTS = env.integer("LACHAN_FRONTS", 1, low=1, high=32)
INTAKE_QUEUE = env.integer("LACHAN_INTAKE_QUEUE", 4096, low=16, high=1_000_000)
INTAKE_DEVICE_RATE = env.integer(
    "LACHAN_INTAKE_DEVICE_RATE", 30, low=0, high=10_000_000
)  # a minute; 0 = no limit
INTAKE_PLACE_RATE = env.integer("LACHAN_INTAKE_PLACE_RATE", 1200, low=0, high=10_000_000)
INTAKE_ADDRESS_RATE = env.integer("LACHAN_INTAKE_ADDRESS_RATE", 6000, low=0, high=10_000_000)
EDGE_DEVICE_RATE = env.integer("LACHAN_EDGE_DEVICE_RATE", 120, low=0, high=10_000_000)
TRUSTED_PROXIES = env.words("LACHAN_TRUSTED_PROXIES", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "lachan.kernel.redact.RedactingFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["redact"], "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.text("LACHAN_LOG", "WARNING" if TESTING else "INFO").upper(),
    },
}

SILENCED_SYSTEM_CHECKS: list[str] = []
