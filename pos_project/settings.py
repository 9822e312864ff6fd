"""Everything that differs between two shops' servers, read from the environment.

The names are those of the original program, so its `.env` works unchanged. Durations are
written `15m`, `1h`, `7d`. Nothing here decides a business rule.
"""

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import environ
from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.templatetags.static import static
from django.urls import reverse_lazy

from pos_project.core.durations import duration
from pos_project.formats.en import formats

BASE_DIR = Path(__file__).resolve().parent.parent
environ.Env.read_env(BASE_DIR / ".env")


def text(name: str, default: str = "") -> str:
    """The variable, or the default when it is unset *or* set but empty."""
    # Not env.str(): it takes a value that starts with `$`, as a password may, for a reference.
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    return text(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def words(name: str) -> list[str]:
    return [word.strip() for word in text(name).split(",") if word.strip()]


# --- Who we are ---
PRODUCTION = "production" in {text("NODE_ENV").lower(), text("DJANGO_ENV").lower()}
DEBUG = flag("DEBUG", default=False) and not PRODUCTION
PORT = int(text("PORT", "3000"))

# --- Secrets: core.checks stops a production start when one is missing, known or short ---
DEVELOPMENT_SECRET = "development-only-secret-never-use-this-in-a-shop"  # noqa: S105  (refused in production)
JWT_ACCESS_SECRET = text("JWT_ACCESS_SECRET", DEVELOPMENT_SECRET + "-access")
JWT_REFRESH_SECRET = text("JWT_REFRESH_SECRET", DEVELOPMENT_SECRET + "-refresh")
JWT_EXPIRES_IN: timedelta = duration(text("JWT_EXPIRES_IN", "1h"))
REFRESH_TOKEN_EXPIRES_IN: timedelta = duration(text("REFRESH_TOKEN_EXPIRES_IN", "1d"))
# The original has no such variable: derive one, so that its `.env` starts unchanged.
SECRET_KEY = text(
    "SECRET_KEY",
    hashlib.sha256(f"django:{JWT_ACCESS_SECRET}:{JWT_REFRESH_SECRET}".encode()).hexdigest(),
)
ALLOWED_HOSTS = words("ALLOWED_HOSTS") or ([] if PRODUCTION else ["*"])
APP_BASE_URL = text("APP_BASE_URL", f"http://localhost:{PORT}")

# --- The rooms ---
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "import_export",
    "auditlog",
    "csp",
    "corsheaders",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pos_project.apps.ProjectConfig",
    "pos_project.tools.apps.ToolsConfig",
    "pos_project.core.apps.CoreConfig",
    "accounts",
    "catalog",
    "ledger",
    "inventory",
    "sales",
    "purchasing",
    "reports.summaries",
    "reports",
]

MIDDLEWARE = [
    "pos_project.core.http.observe.Observed",
    "pos_project.core.http.middleware.CompressLarge",
    "pos_project.core.http.middleware.ApiEnvelope",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "pos_project.core.http.pages_only.Session",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "pos_project.core.http.pages_only.Authentication",
    "accounts.store_of_session.ChosenStore",
    "accounts.audit.Audited",
    "catalog.coming_prices.BeginPrices",
    "pos_project.core.http.pages_only.Messages",
    "ledger.till_of_session.ChosenTill",
    "pos_project.core.back_office.form_keys.FormKeys",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "pos_project.core.http.pages_only.ContentSecurityPolicy",
]

ROOT_URLCONF = "pos_project.urls"
WSGI_APPLICATION = "pos_project.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Database: SQLite until DB_HOST names a server ---
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DB_HOST = text("DB_HOST")
DB_READ_TIMEOUT = int(text("DB_READ_TIMEOUT", "15"))  # seconds, of the server; not of commands
if DB_HOST:
    DATABASES = {
        "default": {
            "ENGINE": "pos_project.core.db.mysql",  # fewer round trips than Django's own
            "HOST": DB_HOST,
            "PORT": text("DB_PORT", "3306"),
            "NAME": text("DB_NAME", "pos"),
            "USER": text("DB_USER", "root"),
            "PASSWORD": text("DB_PASSWORD"),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {
                "charset": "utf8mb4",
                "isolation_level": "read committed",
                "init_command": (
                    "SET sql_mode='STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',"
                    " innodb_strict_mode=1, innodb_lock_wait_timeout=5"
                ),
                **({"ssl": {"ca": text("DB_SSL_CA")}} if text("DB_SSL_CA") else {}),
            },
            "TEST": {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"},
        }
    }
    if text("REPORTS_DB_HOST"):
        # A replica of it, for dashboards and statements alone.
        DATABASES["reports"] = {
            **DATABASES["default"],
            "HOST": text("REPORTS_DB_HOST"),
            "PORT": text("REPORTS_DB_PORT", "3306"),
            "NAME": text("REPORTS_DB_NAME", text("DB_NAME", "pos")),
            "USER": text("REPORTS_DB_USER", text("DB_USER", "root")),
            "PASSWORD": text("REPORTS_DB_PASSWORD", text("DB_PASSWORD")),
            "TEST": {"MIRROR": "default"},
        }
        DATABASE_ROUTERS = ["pos_project.core.db.replica.NothingIsMadeThere"]
else:
    DATABASES = {
        "default": {
            "ENGINE": "pos_project.core.db.sqlite",
            "NAME": text("SQLITE_PATH", str(BASE_DIR / "db.sqlite3")),
            "TEST": {"NAME": ":memory:"},
            "OPTIONS": {
                # There are no row locks: writers queue for the whole transaction instead.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: a sale that was answered survives a power cut.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                ),
            },
        }
    }

# --- Cache and rate limits ---
REDIS_URL = text("REDIS_URL")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "pos_project.core.db.counters.RedisOrTable",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1},
        }
    }
elif DB_HOST:
    # Several processes share one count: a table whose increment is one statement.
    CACHES = {"default": {"BACKEND": "pos_project.core.db.counters.CounterTable"}}
else:
    # Exact within a process, and `make serve` runs exactly one on SQLite.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail is unique by users.email_key, which an archived user gives up
    "django_ratelimit.E003",  # a shared cache is chosen above; LocMem only with one process
    "django_ratelimit.W001",
]
LOGIN_RATE_LIMIT = int(text("LOGIN_RATE_LIMIT", "10"))
LOGIN_RATE_WINDOW = int(text("LOGIN_RATE_WINDOW", "15")) * 60
API_RATE_LIMIT = int(text("API_RATE_LIMIT", "70"))
API_RATE_WINDOW = int(text("API_RATE_WINDOW", "60"))
# Number of proxies of ours in front of the server; 0 or `false` trusts no forwarded address.
TRUST_PROXY = {"false": 0, "true": 1}.get(text("TRUST_PROXY", "0").lower()) or int(
    "0" if text("TRUST_PROXY", "0").lower() in {"true", "false"} else text("TRUST_PROXY", "0")
)

# --- The browser's side ---
COOKIE_SECURE = flag("COOKIE_SECURE", default=PRODUCTION)
COOKIE_SAME_SITE = text("COOKIE_SAME_SITE", "None" if PRODUCTION else "Lax").capitalize()
CORS_ALLOWED_ORIGINS = [
    "http://localhost:5173",
    "http://localhost:3000",
    "http://localhost:4173",
    *words("CORS_ALLOWED_ORIGINS"),
]
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_METHODS = ["GET", "POST", "PUT", "DELETE", "OPTIONS"]
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "x-request-id"]
CORS_EXPOSE_HEADERS = [
    "Content-Disposition",
    "Retry-After",
    "Idempotent-Replayed",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "X-Request-ID",
    "X-Total-Count",
]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = COOKIE_SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "pos_project.core.back_office.form_keys.csrf_failure"
SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", default=False)
SECURE_REDIRECT_EXEMPT = ["^health"]  # asked by watchers on the machine itself
SECURE_HSTS_SECONDS = int(text("SECURE_HSTS_SECONDS", "31536000" if PRODUCTION else "0"))
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
if TRUST_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    # An answer of the API is data; a policy is for pages.
    "EXCLUDE_URL_PREFIXES": ("/api/", "/health"),
    "DIRECTIVES": {
        "default-src": [SELF],
        # The back office's own scripts are small inline pieces that evaluate expressions.
        "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", *(["https:"] if text("CLOUD_NAME") else [])],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # JSON and form fields; pictures have their own limit
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000  # a delivery of 500 lines, each of four fields
IMAGE_MAX_BYTES = 15 * 1024 * 1024

# --- People ---
AUTH_USER_MODEL = "accounts.User"
AUDITLOG_LOGENTRY_MODEL = "accounts.AuditEntry"
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
PASSWORD_HASHERS = [
    "accounts.hashers.PatientArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_REDIRECT_URL = "admin:index"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60  # seconds
EMAIL_BACKEND = text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST, EMAIL_PORT = text("EMAIL_HOST", "localhost"), int(text("EMAIL_PORT", "25"))
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = text("EMAIL_HOST_USER"), text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", default=False)
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", "shop@localhost")

# --- Time: the shop's zone decides what "today" is ---
LANGUAGE_CODE = "en-us"
USE_I18N = False
FORMAT_MODULE_PATH = ["pos_project.formats"]
USE_TZ = True
# No-break spaces: in a narrow column a moment stays on one line.
DATE_FORMAT = "d-m-Y"  # as on papers and in the API's readable days
DATETIME_FORMAT = f"{DATE_FORMAT}\N{NO-BREAK SPACE}h:i\N{NO-BREAK SPACE}A"
DATE_INPUT_FORMATS = formats.DATE_INPUT_FORMATS  # (the filters of lists read these)
DATETIME_INPUT_FORMATS = formats.DATETIME_INPUT_FORMATS
TIME_ZONE = SHOP_TIME_ZONE = text("SHOP_TIME_ZONE", "Asia/Dhaka")

# --- Files and pictures ---
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = True  # `runserver` and `bench` serve without collectstatic
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(text("MEDIA_ROOT", str(BASE_DIR / "media")))
CLOUD_NAME, CLOUD_KEY, CLOUD_SECRET = text("CLOUD_NAME"), text("CLOUD_KEY"), text("CLOUD_SECRET")
CLOUD_UPLOAD_PREFIX = text("CLOUD_UPLOAD_PREFIX")  # another address of its API; empty: its own
STORAGES = {
    "default": {
        "BACKEND": "pos_project.core.images.cloudinary_storage.CloudinaryStorage"
        if CLOUD_NAME and CLOUD_KEY and CLOUD_SECRET
        else "django.core.files.storage.FileSystemStorage"
    },
    "staticfiles": {"BACKEND": "pos_project.core.http.static_files.HashedStaticFiles"},
}

# --- Backups ---
BACKUP_FOLDER = Path(text("BACKUP_FOLDER", str(BASE_DIR / "backups")))
BACKUP_RECIPIENTS = words("BACKUP_RECIPIENTS")  # public keys of age; none: not encrypted

# --- The newest seal of the books, kept outside the database every night ---
HEADS_FILE = Path(text("HEADS_FILE", str(BASE_DIR / "heads.txt")))
HEADS_MAIL_TO = words("HEADS_MAIL_TO")  # addresses; none: it is not mailed

# --- The API ---
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.AccessTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["pos_project.core.http.permissions.NobodyUnlessStated"],
    "DEFAULT_THROTTLE_CLASSES": ["pos_project.core.http.throttling.PerUser"],
    "DEFAULT_PARSER_CLASSES": ["pos_project.core.http.json.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "pos_project.core.http.json.JSONRenderer",
        "pos_project.core.http.formats.CsvRenderer",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "pos_project.core.http.formats.FormatNegotiation",
    "DEFAULT_PAGINATION_CLASS": "pos_project.core.http.pagination.ContractPagination",
    "DEFAULT_SCHEMA_CLASS": "pos_project.core.http.openapi.ContractSchema",
    "DEFAULT_METADATA_CLASS": None,  # OPTIONS is for preflights; what a route takes is at /api/docs
    "EXCEPTION_HANDLER": "pos_project.core.http.exception_handler.envelope",
    "COERCE_DECIMAL_TO_STRING": False,
    "URL_FORMAT_OVERRIDE": None,  # `?format=` is ours: a view offers csv or pdf beside JSON
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": TRUST_PROXY,
}
API_DOCS_OPEN = flag("API_DOCS_OPEN", default=True)
SPECTACULAR_SETTINGS = {
    "TITLE": "Point of sale",
    "DESCRIPTION": (
        "Selling, stock, dues and books of a shop. Money is a JSON number with at most two"
        " decimals, quantities are whole. Sign in at `/api/auth/login` and send the access token"
        " as `Authorization: Bearer …`. A request that moves money or stock may be sent again with"
        " the same `Idempotency-Key`. Every error has the shape `ErrorBody`, also a 405 for a"
        " method that a path does not have, and a 500."
    ),
    "SERVERS": [{"url": "/", "description": "This server"}],
    "TAGS": [
        {"name": name, "description": description}
        for name, description in {
            "auth": "Signing in and out.",
            "users": "Who works here, and what they did.",
            "stores": "Shops and warehouses, and who acts where.",
            "brands": "Brands of products.",
            "categories": "Categories of products.",
            "tax rates": "The rates that a till offers.",
            "products": "What is sold, and how much of it there is.",
            "inventory": "Every movement of stock.",
            "transfers": "Goods that go from one store to another.",
            "suppliers": "Who delivers, and what is owed to them.",
            "purchases": "Deliveries.",
            "customers": "Who buys, and what they owe.",
            "cart": "A cart kept on the server.",
            "sales": "Checkout, held sales, sales.",
            "refunds": "Goods and money given back.",
            "tills": "Tills, and the shifts that are worked at them.",
            "payments": "Money in and out.",
            "expenses": "What the shop spends.",
            "dashboard": "Figures of days and months.",
            "ledger": "Accounts, entries, statements.",
            "health": "For those who watch the server.",
        }.items()
    ],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "refreshCookie": {"type": "apiKey", "in": "cookie", "name": "refreshToken"}
        }
    },
    # "" and null are taken for "not given" (docs/api.md §1); a client need not send them.
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    # Fields called `kind`, each with kinds of its own.
    "ENUM_NAME_OVERRIDES": {
        "KindEnum": "ledger.chart_models.LedgerAccount.Kind",
        "DueCreditKindEnum": "ledger.models.DueCredit.Kind",
        "MoneyMoveKindEnum": "ledger.own_money.CHOICES",
        "CashMovementKindEnum": "ledger.till_models.CashMovement.Kind",
        "ShiftStatusEnum": "ledger.till_models.Shift.Status",
        "StatusEnum": "pos_project.core.people.Status",
        "StoreKindEnum": "accounts.models.Store.Kind",
        "StoreStatusEnum": "accounts.api.stores.STATUSES",
        "TransferStatusEnum": "inventory.transfer_models.Transfer.Status",
    },
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["pos_project.core.http.permissions.DocsReader"],
    "SERVE_AUTHENTICATION": [],
}

# --- The back office ---
UNFOLD = {
    "SITE_TITLE": "Back office",
    "SITE_HEADER": "Back office",
    "SITE_SYMBOL": "storefront",
    "STYLES": [lambda request: static("shop/shop.css")],
    "SCRIPTS": [
        lambda request: static("shop/digits.js"),
        lambda request: static("shop/reading.js"),
        lambda request: static("shop/find.js"),
    ],
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("shop/icon.svg")}
    ],
    "COLORS": {
        "primary": {
            "50": "#eef2ff",
            "100": "#e0e7ff",
            "200": "#c7d2fe",
            "300": "#a5b4fc",
            "400": "#818cf8",
            "500": "#6366f1",
            "600": "#4f46e5",
            "700": "#4338ca",
            "800": "#3730a3",
            "900": "#312e81",
            "950": "#1e1b4b",
        }
    },
    "DASHBOARD_CALLBACK": "pos_project.back_office.home.glance",
    "ACCOUNT": {
        "navigation": [
            {"title": "My approval PIN", "link": reverse_lazy("admin:accounts_store_own_pin")},
            {
                "title": "Two-factor sign-in",
                "link": reverse_lazy("admin:accounts_store_own_second_factor"),
            },
        ]
    },
    "LOGIN": {"form": "accounts.back_office_sign_in.SignInForm"},
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "pos_project.back_office.navigation.groups",
    },
}
IMPORT_EXPORT_USE_TRANSACTIONS = True

# --- Watching: who knows this token may read /metrics; without one nobody may ---
METRICS_TOKEN = text("METRICS_TOKEN")

# --- Logs: one line an event, no secret in it ---
LOG_LEVEL = text("LOG_LEVEL", "INFO").upper()
LOG_LEVEL = LOG_LEVEL if LOG_LEVEL in {"DEBUG", "INFO", "WARN", "WARNING", "ERROR"} else "INFO"
LOG_FORMAT = "json" if text("LOG_FORMAT").lower() == "json" else "line"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "pos_project.core.logs.Line"},
        "json": {"()": "pos_project.core.logs.Json"},
    },
    "filters": {
        "once_a_minute": {"()": "pos_project.core.logs.OnceAMinute"},
        "not_our_fault": {"()": "pos_project.core.logs.NotOurFault"},
        "as_information": {"()": "pos_project.core.logs.AsInformation"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "patient": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["once_a_minute"],
        },
        "clients": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["as_information", "once_a_minute"],
        },
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # A database that is away is one line a minute, not one for each request.
        "pos_project.core.db": {"handlers": ["patient"], "propagate": False},
        # 4xx are the client's business; what goes wrong here is an error.
        "django.request": {"level": "ERROR", "filters": ["not_our_fault"]},
        "django.security": {"handlers": ["clients"], "propagate": False},
        **({} if flag("ACCESS_LOG", default=True) else {"access": {"level": "WARNING"}}),
    },
}
