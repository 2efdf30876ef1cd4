FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY bin bin
COPY src src
# Nothing is written: run it with a read-only root. Node strips the types of src/ itself, there is no build.
USER 10001:10001
EXPOSE 6443 8080
# A young generation of 3 x 16 MB at most instead of 3 x 64: that much less memory with tens of thousands of keys (docs/benchmarks.md).
ENTRYPOINT ["node", "--max-semi-space-size=16", "/app/bin/tidecaster.js"]
