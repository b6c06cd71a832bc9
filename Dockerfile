# Two stages: what installs the packages does not ship.
FROM python:3.11-slim-bookworm AS packages

WORKDIR /app
RUN python -m venv .venv
COPY requirements.txt .
RUN .venv/bin/pip install --no-cache-dir --only-binary :all: --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm

ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN useradd --system --uid 1000 --home-dir /app app && install -d -o app -g app var
COPY --from=packages /app/.venv .venv
COPY manage.py gunicorn.conf.py ./
COPY cycle_lcd cycle_lcd
COPY sessions sessions
COPY registrations registrations
COPY templates templates
COPY static static
# The files are the same for all: gathered once, with values that nothing keeps.
RUN SECRET_KEY=none SITE_URL=http://localhost EMAIL_URL=smtp://localhost EMAIL_FROM=none \
    python manage.py collectstatic --no-input --verbosity=0

USER app
EXPOSE 8000
# Asks under the site's own name: no other is answered.
HEALTHCHECK CMD ["python", "-c", "\
import os, urllib.parse, urllib.request as web; \
name = urllib.parse.urlsplit(os.environ['SITE_URL']).netloc; \
headers = {'Host': name, 'X-Forwarded-Proto': 'https'}; \
web.urlopen(web.Request('http://127.0.0.1:8000/healthz', headers=headers), timeout=5)"]
CMD ["gunicorn", "--bind=0.0.0.0:8000", "--worker-tmp-dir=/dev/shm", "cycle_lcd.wsgi"]
