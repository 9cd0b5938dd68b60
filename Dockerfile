# Every app of the back end: docker build --build-arg APP=gateway .
# `npm run images` builds them all. The stages up to `libraries` are the same for each, so that they are
# built once.
ARG BUILD_IMAGE=docker.io/library/node:24-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

# What is locked, and no source: a changed one does not install anew.
FROM ${BUILD_IMAGE} AS installed
WORKDIR /src
COPY package.json package-lock.json tools/images/manifests.mjs ./
RUN --mount=type=cache,target=/root/.npm \
    node manifests.mjs && rm manifests.mjs && \
    npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier

# Types are for `npm run check`; what is emitted is the same.
FROM installed AS libraries
COPY tsconfig.base.json ./
COPY libs libs
RUN node_modules/.bin/tsc -b libs/* --noCheck

# One app alone: a change in another one leaves this image as it is.
FROM libraries AS packed
COPY tools/images tools/images
ARG APP
COPY apps/${APP} apps/${APP}
RUN node_modules/.bin/tsc -b "apps/${APP:?is missing: --build-arg APP=gateway}" --noCheck && \
    node tools/images/bundle.mjs "${APP}" /out

# What is the same whatever the source says comes first, so that a changed one goes through few steps.
FROM ${RUNTIME_IMAGE} AS runtime
# Else the working directory of the base is made where it is missing, at the time of this build.
WORKDIR /
ENV NODE_ENV=production \
    NODE_OPTIONS=--enable-source-maps \
    NODE_COMPILE_CACHE=/app/compile-cache \
    PORT=8080 \
    HOST=0.0.0.0 \
    ADMIN_PORT=9001 \
    ADMIN_HOST=0.0.0.0 \
    ROUTES_DIR=/app/routes
USER 65532:65532
EXPOSE 8080 9001
ENTRYPOINT ["/nodejs/bin/node", "/app/main.js"]
ARG APP
# Version, commit and time come from `npm run images`: builders keep a LABEL though its ARG has changed.
ARG RUNTIME_IMAGE
LABEL org.opencontainers.image.title="courtside-${APP}" \
      org.opencontainers.image.description="Courtside, a Kubernetes-native sports platform: ${APP}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="${RUNTIME_IMAGE}"

FROM runtime AS bundled
COPY --from=packed /out/ /
WORKDIR /app

# The cache fits one Node.js, one user and one path: it is made by what will read it.
FROM bundled AS compile-cache
COPY --chown=65532:65532 tools/images/compile-cache.mjs /app/compile-cache/make.mjs
RUN ["/nodejs/bin/node", "/app/compile-cache/make.mjs", "/app/main.js"]

FROM bundled
COPY --from=compile-cache /app/compile-cache/ /app/compile-cache/
