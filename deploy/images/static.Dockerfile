# The image of what is static: the storefront's files, served by nginx with the command line, the port and the health checks of a service.
ARG BASE
FROM ${BASE}
ARG BASE
RUN case "$BASE" in *@sha256:*) ;; *) echo "BASE=$BASE has no digest: name the base as NAME@sha256:..." >&2; exit 1 ;; esac
COPY deploy/images/nginx.conf deploy/images/serve_static.sh /app/
COPY web/storefront /app/www
WORKDIR /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8000/health/live"]
# nginx answers what is under way and then ends.
STOPSIGNAL SIGQUIT
ENTRYPOINT ["/bin/sh", "/app/serve_static.sh"]
LABEL org.opencontainers.image.title="mercat/static" org.opencontainers.image.licenses="Apache-2.0"
