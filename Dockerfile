# One image that runs every service, named by its first argument: ingress, normalizer, sink-clickhouse,
# sink-elasticsearch, agent-panel, or sluice with a command. Node 24 runs the sources as they stand: nothing is built but
# the script that browsers get.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS panel
WORKDIR /app
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund --workspace=services/agent-panel \
    && node services/agent-panel/build/build.ts

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY . .
# What runs in production alone. Linked packages keep their real places: Node strips no types below node_modules.
RUN npm ci --ignore-scripts --omit=dev --omit=optional --no-audit --no-fund \
      --workspace=services/ingress --workspace=services/normalizer --workspace=services/sink-clickhouse \
      --workspace=services/sink-elasticsearch --workspace=services/agent-panel --workspace=services/cli \
    && rm -rf package-lock.json .npmrc

FROM ${NODE_IMAGE}
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="sluice" \
      org.opencontainers.image.description="Event-streaming ingestion gateway for customer-service platforms" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The first process of a container gets no default action for signals: tini passes them on from the first moment.
# The version is the distribution's, as are its fixes.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --no-install-recommends -y tini \
    && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx \
    # A new volume that is mounted here is its user's.
    && install -d -o 10001 -g 10001 -m 0700 /var/spool/sluice
ENV NODE_ENV=production \
    PATH=/app/node_modules/.bin:$PATH
WORKDIR /app
COPY --from=packages /app /app
COPY --from=panel /app/services/agent-panel/dist /app/services/agent-panel/dist
# A number, so that Kubernetes can see that it is not root. Nothing of the image is this user's: it can be read-only.
USER 10001:10001
EXPOSE 8080 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 CMD ["node", "/app/docker/healthcheck.mjs"]
# Records live until Kafka or a store has them: a young generation of one size from the start keeps p99 low, and takes
# less memory than one that grows. NODE_OPTIONS does not take its lower bound.
ENTRYPOINT ["tini", "--", "node", "--min-semi-space-size=8", "--max-semi-space-size=8", "/app/docker/run.mjs"]
CMD ["sluice", "--help"]
