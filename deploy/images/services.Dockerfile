# The image of every service: the first argument says which one runs. build.sh makes the folder that it is built from.
# What differs between architectures is the bases and the folder `wheels` alone. BUILD_BASE is BASE with binutils.
ARG BASE
ARG BUILD_BASE
FROM ${BUILD_BASE} AS build
ARG BASE
ARG BUILD_BASE
RUN for base in "$BASE" "$BUILD_BASE"; do case "$base" in *@sha256:*) ;; *) echo "'$base' has no digest: name bases as NAME@sha256:..." >&2; exit 1 ;; esac; done
# The checksum of requirements/image.txt: a layer is taken from the cache whatever a mount holds, and not with another argument.
ARG PINS
RUN --mount=type=bind,source=requirements/image.txt,target=/tmp/requirements.txt --mount=type=bind,source=wheels,target=/tmp/wheels \
    echo "$PINS  /tmp/requirements.txt" | sha256sum --check --quiet && python -m venv --without-pip /venv && python -m venv /tmp/pip && \
    /tmp/pip/bin/pip --quiet --disable-pip-version-check --python /venv/bin/python install --no-index --find-links=/tmp/wheels \
      --require-hashes --no-deps --no-compile --no-cache-dir -r /tmp/requirements.txt && \
    find /venv/lib -name '*.so' -not -path '*.libs/*' -exec strip --strip-debug {} + && \
    python -m compileall -q --invalidation-mode unchecked-hash /venv/lib
COPY chassis /app/chassis
COPY services /app/services
COPY reporting /app/reporting
# What the service pages serves.
COPY web/storefront /app/web/storefront
RUN python -m compileall -q --invalidation-mode unchecked-hash /app

FROM ${BASE}
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONPATH=/app:/app/services PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2
WORKDIR /app
USER 10001:10001
EXPOSE 8000
# Of a plain container engine; Kubernetes has the probes of the chart instead.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
ENTRYPOINT ["python", "-m", "chassis.serve"]
LABEL org.opencontainers.image.title="mercat/services" org.opencontainers.image.licenses="Apache-2.0"
