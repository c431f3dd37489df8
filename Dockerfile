# The observatory as a service: `docker compose up` (compose.yaml), or docs/operators.md.
FROM python:3.13-slim-bookworm AS build
WORKDIR /srv/observatory
COPY requirements.lock ./
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin observatory \
    && install -d -o observatory -g observatory /data
WORKDIR /srv/observatory
COPY --from=build /srv/observatory/.venv .venv
COPY . .
ENV PATH=/srv/observatory/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp
USER 10001
VOLUME /data
HEALTHCHECK --interval=5m --timeout=20s --start-period=2m \
    CMD ["python", "-m", "observatory", "--data", "/data", "schedule", "--status"]
ENTRYPOINT ["python", "-m", "observatory", "--data", "/data", "--log-format", "json", "-v"]
CMD ["schedule"]
